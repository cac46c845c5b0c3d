//! The capture record of a delivery that arrived.

use super::arrival::Arrival;
use crate::capture::{DeliveryRecord, ResponseRecord, header_text};
use crate::event::Event;
use crate::signature::VerdictRecord;
use crate::signature::diagnose::Diagnosis;
use crate::units::rfc3339;

impl Arrival {
    /// The record, with the event that was read from the body and what diagnosing came to.
    pub fn record(&self, event: Option<&Event<'_>>, diagnosis: &Diagnosis) -> DeliveryRecord {
        let headers = self.headers().map(|(name, value)| (name.to_owned(), header_text(value))).collect();
        let mut record = DeliveryRecord::new(headers, self.body());
        record.webhook_id = self.webhook_id();
        record.event_type = event.and_then(Event::type_name).map(|name| name.into_owned());
        record.received_at = Some(rfc3339(self.received_at));
        record.method = Some(self.method.to_string());
        record.path = Some(self.target().to_owned());
        record.attempt = self.attempt.map(|attempt| attempt.number);
        record.verdict = Some(VerdictRecord::new(&self.verdict, diagnosis));
        record.response = Some(ResponseRecord { status: self.status.as_u16() });
        record
    }
}
