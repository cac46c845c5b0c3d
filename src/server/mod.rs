//! Receiving deliveries over HTTP.
