//! A thousand random deliveries through `gwh listen --forward-to`, compared byte for byte at a server that
//! parses nothing but lines.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};

use gwh::random::{Random, SeededRandom};
use gwh::signature::{Secret, Signer, signature_header};

use crate::support::http::Client;
use crate::support::{NOW, Sandbox, delivery};

type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// A request as its bytes stood on the wire.
struct Raw {
    headers: Headers,
    body: Vec<u8>,
}

/// A server that answers 200 and hands on what it read.
fn serve() -> (SocketAddr, Receiver<Raw>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("is bound");
    let (sender, received) = channel();
    std::thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            socket.set_nodelay(true).expect("takes the option");
            let mut answers = socket.try_clone().expect("clones");
            let mut requests = BufReader::new(socket);
            while let Some(raw) = read(&mut requests) {
                if sender.send(raw).is_err() {
                    return;
                }
                answers.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").expect("answers");
            }
        }
    });
    (address, received)
}

fn read(requests: &mut impl BufRead) -> Option<Raw> {
    let mut line = |expected: &str| {
        let mut line = Vec::new();
        requests.read_until(b'\n', &mut line).expect(expected);
        line.strip_suffix(b"\r\n").map(<[u8]>::to_vec)
    };
    assert_eq!(line("a request line")?, b"POST /hook?a=b HTTP/1.1");
    let mut headers = Headers::new();
    loop {
        let field = line("a header")?;
        if field.is_empty() {
            break;
        }
        let colon = field.iter().position(|byte| *byte == b':').expect("has a colon");
        assert_eq!(field[colon + 1], b' ');
        headers.push((field[..colon].to_vec(), field[colon + 2..].to_vec()));
    }
    let length = headers.iter().find(|(name, _)| name == b"content-length").expect("has a length");
    let length = String::from_utf8_lossy(&length.1).parse().expect("a number");
    let mut body = vec![0; length];
    requests.read_exact(&mut body).expect("the whole body");
    Some(Raw { headers, body })
}

/// Random deliveries.
struct Source {
    random: SeededRandom,
    secret: Secret,
}

impl Source {
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0u8; 4];
        self.random.fill(&mut bytes);
        u32::from_le_bytes(bytes) as usize % limit
    }

    fn bytes(&self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Names repeat; values have every byte that a value may have, but no space at their ends.
    fn headers(&self) -> Headers {
        const NAME: &[u8] = b"abcXYZ019!#$%&'*+-.^_`|~";
        let header = |_| {
            let name: Vec<u8> = match self.below(3) {
                0 => format!("X-Repeat-{}", self.below(3)).into_bytes(),
                _ => (0..1 + self.below(12)).map(|_| NAME[self.below(NAME.len())]).collect(),
            };
            let mut value = self.bytes(self.below(60));
            value.retain(|byte| *byte >= 0x20 && *byte != 0x7f);
            (name, value.trim_ascii().to_vec())
        };
        (0..self.below(20)).map(header).collect()
    }

    /// The bytes of a request, and what is to arrive of it.
    fn delivery(&self, index: usize, host: &str) -> (Vec<u8>, Raw) {
        let body = self.bytes(if self.below(50) == 0 { 100_000 } else { self.below(2_000) });
        let id = format!("msg_{index}");
        let signer = Signer::V1(vec![self.secret.clone()]);
        let signature = signature_header(&signer, &id, NOW, &body).expect("signs");
        let mut headers = self.headers();
        let is_chunked = self.below(4) == 0;
        let framing = match is_chunked {
            true => ("Transfer-Encoding", "chunked".to_owned()),
            false => ("Content-Length", body.len().to_string()),
        };
        let (length, now) = (body.len(), NOW.to_string());
        let own = [
            ("Host", "public.example".to_owned()),
            framing,
            ("Webhook-Id", id),
            ("webhook-timestamp", now),
            ("WEBHOOK-SIGNATURE", signature),
            ("Connection", "keep-alive".to_owned()),
        ];
        for (name, value) in own {
            headers.insert(self.below(headers.len() + 1), (name.into(), value.into()));
        }
        let mut request = b"POST / HTTP/1.1\r\n".to_vec();
        for (name, value) in &headers {
            request.extend([name.as_slice(), b": ", value, b"\r\n"].concat());
        }
        request.extend_from_slice(b"\r\n");
        if is_chunked {
            for chunk in body.chunks(700) {
                request.extend([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
            }
            request.extend_from_slice(b"0\r\n\r\n");
        } else {
            request.extend_from_slice(&body);
        }
        (request, Raw { headers: onward(headers, host, length), body })
    }
}

/// The headers that are to arrive: lower case, the repeats of a name together, without what belongs to
/// the connection.
fn onward(headers: Headers, host: &str, length: usize) -> Headers {
    let mut onward = Headers::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        let value = match name.as_slice() {
            b"connection" | b"transfer-encoding" => continue,
            b"host" => host.into(),
            _ => value,
        };
        match onward.iter().rposition(|(other, _)| *other == name) {
            Some(last) => onward.insert(last + 1, (name, value)),
            None => onward.push((name, value)),
        }
    }
    if !onward.iter().any(|(name, _)| name == b"content-length") {
        onward.push((b"content-length".to_vec(), length.to_string().into()));
    }
    onward
}

#[test]
fn a_thousand_random_deliveries_arrive_as_they_were_sent() {
    let sandbox = Sandbox::new();
    let source = Source { random: SeededRandom::new(7), secret: delivery::local_secret(&sandbox) };
    let (handler, received) = serve();
    let target = format!("http://{handler}/hook?a=b");
    let (listen, url) = sandbox.listen(&["--no-store", "-f", &target]);
    let mut client = Client::connect(&url);
    for index in 0..1_000 {
        let (request, expected) = source.delivery(index, &handler.to_string());
        client.send(&request);
        let answer = client.answer();
        assert_eq!(answer.status, 200, "{index}: {answer:?}");
        let came = received.try_recv().expect("was forwarded before it was answered");
        assert!(came.body == expected.body, "{index}: the body differs");
        let shown = |headers: &Headers| -> Vec<String> {
            let pair = |(name, value): &(Vec<u8>, Vec<u8>)| [name.as_slice(), b": ", value].concat();
            headers.iter().map(|header| pair(header).escape_ascii().to_string()).collect()
        };
        assert_eq!(shown(&came.headers), shown(&expected.headers), "{index}");
    }
    assert_eq!(listen.stop().code, 0);
}
