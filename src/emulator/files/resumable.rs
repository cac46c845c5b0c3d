//! Uploads in the resumable protocol: begun, sent in pieces, asked about after a break, and finished.
//!
//! What arrived stays, however the connection ended: a client asks how much there is and goes on.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::header::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use tokio::time::Instant;

use super::{FIXED, Files, NewFile, Provenance};
use crate::emulator::error::{ApiError, Code};

/// How many uploads are remembered; the ones that nothing came for the longest go first.
const MAX_UPLOADS: usize = 100;
/// An upload that nothing came for this long makes room for others; a younger one does not.
const IDLE: Duration = Duration::from_secs(60);

/// What a request of the protocol wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Begin.
    Start,
    /// Take the body, which begins at this place.
    Upload {
        /// How many bytes come before it.
        offset: usize,
        /// Whether it is the end.
        is_last: bool,
    },
    /// Say how much has arrived.
    Query,
    /// Forget it.
    Cancel,
}

impl Command {
    /// Reads the headers of a request.
    ///
    /// # Errors
    /// Code `Invalid` for another protocol, and for commands that there are not.
    pub fn parse(headers: &HeaderMap) -> Result<Self, ApiError> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let command = text("x-goog-upload-command").unwrap_or_default().to_ascii_lowercase();
        let mut parts: Vec<&str> = command.split(',').map(str::trim).collect();
        parts.sort_unstable();
        if text("x-goog-upload-protocol").is_some_and(|protocol| !protocol.eq_ignore_ascii_case("resumable"))
        {
            let message = "The emulator takes uploads with X-Goog-Upload-Protocol: resumable.";
            return Err(ApiError::invalid(message));
        }
        let upload = |is_last| {
            let offset = match text("x-goog-upload-offset") {
                None => 0,
                Some(offset) => offset.trim().parse().map_err(|_| invalid_header("Offset"))?,
            };
            Ok(Command::Upload { offset, is_last })
        };
        match parts.as_slice() {
            ["start"] => Ok(Command::Start),
            ["upload"] => upload(false),
            ["finalize"] | ["finalize", "upload"] => upload(true),
            ["query"] => Ok(Command::Query),
            ["cancel"] => Ok(Command::Cancel),
            _ => Err(invalid_header("Command")),
        }
    }
}

/// What an upload will be.
#[derive(Debug, Clone)]
pub struct Announced {
    /// What the file's calls will go by.
    pub id: String,
    /// The owner's name for it.
    pub display_name: Option<String>,
    /// The type of its content.
    pub content_type: HeaderValue,
    /// How many bytes will come, where the client says so.
    pub length: Option<usize>,
    /// Where the emulator was reached, with the version.
    pub base: String,
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes have arrived.
    Active(usize),
    /// The file of this id is kept.
    Final(String),
}

/// The uploads under way, and those that are done.
#[derive(Default)]
pub struct Uploads {
    sessions: Mutex<HashMap<String, Session>>,
}

struct Session {
    announced: Announced,
    received: Vec<u8>,
    is_done: bool,
    /// Which request may add to it: the newest. An older one is of a connection that broke.
    turn: u64,
    touched: Instant,
}

/// Leave to add to an upload, until another request asks for it.
#[derive(Debug, Clone)]
pub struct Turn {
    id: String,
    turn: u64,
}

impl Uploads {
    /// Begins an upload under an id that only its owner knows.
    ///
    /// # Errors
    /// Code `Exhausted` where too many are under way.
    pub fn start(&self, id: String, announced: Announced, files: &Files) -> Result<(), ApiError> {
        let mut sessions = self.lock();
        if sessions.len() >= MAX_UPLOADS {
            let oldest = sessions.iter().min_by_key(|(_, session)| (!session.is_done, session.touched));
            let gone = oldest
                .filter(|(_, session)| session.is_done || session.touched.elapsed() >= IDLE)
                .map(|(id, _)| id.clone());
            let Some(gone) = gone.and_then(|id| sessions.remove(&id)) else {
                let message = format!("The emulator takes {MAX_UPLOADS} uploads at once.");
                return Err(ApiError::new(Code::Exhausted, message));
            };
            files.release(gone.received.len());
        }
        let (received, touched) = (Vec::new(), Instant::now());
        sessions.insert(id, Session { announced, received, is_done: false, turn: 0, touched });
        Ok(())
    }

    /// How far an upload is.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn progress(&self, id: &str) -> Result<Progress, ApiError> {
        self.lock().get(id).map(Session::progress).ok_or_else(ApiError::not_found)
    }

    /// Asks for leave to add what begins at `offset`.
    ///
    /// # Errors
    /// Code `NotFound`, and `Invalid` where the upload is done or is elsewhere.
    pub fn turn(&self, id: &str, offset: usize) -> Result<Turn, ApiError> {
        let mut sessions = self.lock();
        let session = sessions.get_mut(id).ok_or_else(ApiError::not_found)?;
        match session.progress() {
            Progress::Active(received) if received == offset => {}
            Progress::Active(received) => {
                let message =
                    format!("The upload has {received} bytes, so that nothing can be added at {offset}.");
                return Err(ApiError::invalid(message));
            }
            Progress::Final(_) => return Err(ApiError::invalid("The upload is finished already.")),
        }
        session.turn += 1;
        Ok(Turn { id: id.to_owned(), turn: session.turn })
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// Code `Invalid` where they are too many or not wanted any more, and `Exhausted` where there is no room.
    pub fn add(&self, turn: &Turn, bytes: &[u8], files: &Files, now: Timestamp) -> Result<(), ApiError> {
        let mut sessions = self.lock();
        let session = session_of(&mut sessions, turn)?;
        let length = session.received.len() + bytes.len();
        if session.announced.length.is_some_and(|announced| length > announced) {
            return Err(ApiError::invalid("More bytes came than were announced."));
        }
        if files.reserve(bytes.len(), now).is_err() {
            session.touched = Instant::now();
            forget_idle(&mut sessions, files);
            files.reserve(bytes.len(), now)?;
        }
        let session = session_of(&mut sessions, turn)?;
        session.received.extend_from_slice(bytes);
        session.touched = Instant::now();
        Ok(())
    }

    /// Makes the upload a file, and answers its id.
    ///
    /// # Errors
    /// Code `Invalid` where bytes are missing, and `Exhausted` where there is no room.
    pub fn finish(&self, turn: &Turn, files: &Files, now: Timestamp) -> Result<String, ApiError> {
        let mut sessions = self.lock();
        let session = session_of(&mut sessions, turn)?;
        let received = session.received.len();
        if let Some(announced) = session.announced.length.filter(|announced| *announced != received) {
            return Err(ApiError::invalid(format!("{announced} bytes were announced, and {received} came.")));
        }
        files.reserve(FIXED, now)?;
        let bytes = received + FIXED;
        let announced = &session.announced;
        let file = NewFile {
            id: announced.id.clone(),
            display_name: announced.display_name.clone(),
            content_type: announced.content_type.clone(),
            content: std::mem::take(&mut session.received).into(),
            provenance: Provenance::Uploaded,
            base: announced.base.clone(),
        };
        session.is_done = true;
        files.put(file, bytes, now);
        Ok(session.announced.id.clone())
    }

    /// Forgets an upload.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn cancel(&self, id: &str, files: &Files) -> Result<(), ApiError> {
        let session = self.lock().remove(id).ok_or_else(ApiError::not_found)?;
        files.release(session.received.len());
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn progress(&self) -> Progress {
        if self.is_done {
            Progress::Final(self.announced.id.clone())
        } else {
            Progress::Active(self.received.len())
        }
    }
}

fn session_of<'a>(
    sessions: &'a mut HashMap<String, Session>,
    turn: &Turn,
) -> Result<&'a mut Session, ApiError> {
    let session = sessions.get_mut(&turn.id).ok_or_else(ApiError::not_found)?;
    if session.is_done || session.turn != turn.turn {
        return Err(ApiError::invalid("Another request goes on with this upload."));
    }
    Ok(session)
}

/// Forgets the uploads that nobody has gone on with for a while, which gives their memory back.
fn forget_idle(sessions: &mut HashMap<String, Session>, files: &Files) {
    sessions.retain(|_, session| {
        let is_idle = !session.is_done && session.touched.elapsed() >= IDLE;
        if is_idle {
            files.release(session.received.len());
        }
        !is_idle
    });
}

fn invalid_header(name: &str) -> ApiError {
    ApiError::invalid(format!("Invalid or missing header 'X-Goog-Upload-{name}'."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(length: Option<usize>) -> Announced {
        let content_type = HeaderValue::from_static("text/plain");
        Announced { id: "f".to_owned(), display_name: None, content_type, length, base: String::new() }
    }

    #[test]
    fn an_upload_goes_on_where_it_broke_off_and_ends_once() {
        let (uploads, files, now) = (Uploads::default(), Files::new(1 << 20), Timestamp::UNIX_EPOCH);
        uploads.start("u".to_owned(), announced(Some(6)), &files).expect("there is room");
        let broken = uploads.turn("u", 0).expect("begins");
        uploads.add(&broken, b"abc", &files, now).expect("there is room");
        assert_eq!(uploads.progress("u"), Ok(Progress::Active(3)));
        assert!(uploads.turn("u", 0).is_err_and(|error| error.message.contains("has 3 bytes")));
        let second = uploads.turn("u", 3).expect("goes on");
        assert!(uploads.add(&broken, b"xyz", &files, now).is_err(), "its time is over");
        assert!(uploads.finish(&second, &files, now).is_err(), "bytes are missing");
        assert!(uploads.add(&second, b"defg", &files, now).is_err(), "more than announced");
        uploads.add(&second, b"def", &files, now).expect("there is room");
        assert_eq!(uploads.finish(&second, &files, now), Ok("f".to_owned()));
        assert_eq!(uploads.progress("u"), Ok(Progress::Final("f".to_owned())));
        assert_eq!(files.content("files/f", now).expect("is kept").as_ref(), b"abcdef");
        assert!(uploads.turn("u", 6).is_err());
    }

    #[test]
    fn what_is_given_up_gives_its_room_back() {
        let (uploads, files, now) = (Uploads::default(), Files::new(FIXED + 10), Timestamp::UNIX_EPOCH);
        uploads.start("u".to_owned(), announced(None), &files).expect("there is room");
        let turn = uploads.turn("u", 0).expect("begins");
        uploads.add(&turn, &[0; FIXED], &files, now).expect("there is room");
        assert_eq!(
            uploads.add(&turn, &[0; 11], &files, now).map_err(|error| error.code),
            Err(Code::Exhausted)
        );
        uploads.cancel("u", &files).expect("is there");
        assert!(files.reserve(FIXED + 10, now).is_ok());
    }

    #[test]
    fn what_was_left_lying_makes_room_for_what_comes() {
        let (uploads, files, now) = (Uploads::default(), Files::new(FIXED + 10), Timestamp::UNIX_EPOCH);
        for id in ["left", "new"] {
            uploads.start(id.to_owned(), announced(None), &files).expect("there is room");
        }
        let left = uploads.turn("left", 0).expect("begins");
        uploads.add(&left, &[0; FIXED], &files, now).expect("there is room");
        let new = uploads.turn("new", 0).expect("begins");
        assert!(uploads.add(&new, &[0; 20], &files, now).is_err(), "the other one may still go on");
        let before = Instant::now().checked_sub(IDLE).expect("the machine has run for a while");
        uploads.lock().get_mut("left").expect("is there").touched = before;
        uploads.add(&new, &[0; 20], &files, now).expect("the other one is given up");
        assert!(uploads.progress("left").is_err());
    }

    #[test]
    fn the_number_of_uploads_is_bounded_and_finished_ones_make_room() {
        let (uploads, files, now) = (Uploads::default(), Files::new(1 << 20), Timestamp::UNIX_EPOCH);
        for number in 0..MAX_UPLOADS {
            uploads.start(number.to_string(), announced(None), &files).expect("there is room");
        }
        assert!(uploads.start("more".to_owned(), announced(None), &files).is_err());
        let turn = uploads.turn("7", 0).expect("begins");
        uploads.finish(&turn, &files, now).expect("ends");
        uploads.start("more".to_owned(), announced(None), &files).expect("there is room again");
        assert!(uploads.progress("7").is_err());
    }

    #[test]
    fn commands_are_read_in_any_order() {
        let command = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-goog-upload-command", HeaderValue::from_str(text).expect("a value"));
            headers.insert("x-goog-upload-offset", HeaderValue::from_static("3"));
            Command::parse(&headers)
        };
        let last = Command::Upload { offset: 3, is_last: true };
        assert_eq!(command("start"), Ok(Command::Start));
        assert_eq!(command("upload, finalize"), Ok(last));
        assert_eq!(command("Finalize,Upload"), Ok(last));
        assert_eq!(command("upload"), Ok(Command::Upload { offset: 3, is_last: false }));
        assert!(command("start, upload").is_err() && command("").is_err());
    }
}
