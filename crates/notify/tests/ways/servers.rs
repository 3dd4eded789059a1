//! Small servers on real sockets of this machine: one takes webhooks, one takes mail.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A request as it came: first line, headers in lower case, body.
#[derive(Debug)]
pub struct Request {
    pub line: String,
    pub headers: Vec<String>,
    pub body: String,
}

/// Takes webhooks and answers each with this status and body; returns its address.
pub fn http(listener: TcpListener, status: u16, answer: &'static str) -> (String, Receiver<Request>) {
    answering(listener, move |_| (status, answer.to_owned()))
}

/// Takes requests and answers each as it is told; returns its address.
pub fn answering(
    listener: TcpListener,
    tell: impl Fn(&Request) -> (u16, String) + Send + 'static,
) -> (String, Receiver<Request>) {
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let request = read_request(&stream);
            let (status, answer) = tell(&request);
            let length = answer.len();
            let head =
                format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            let _ = (&stream).write_all(format!("{head}{answer}").as_bytes());
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    (address, receiver)
}

fn read_request(stream: &TcpStream) -> Request {
    let mut input = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).unwrap();
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let line = lines.remove(0);
    let headers: Vec<String> = lines.iter().map(|line| line.to_lowercase()).collect();
    let length = headers.iter().find_map(|header| header.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    input.read_exact(&mut body).unwrap();
    Request { line, headers, body: String::from_utf8(body).unwrap() }
}

/// Takes mail, word by word as RFC 5321 has it; `refuse` answers that command with that code. Each mail that was taken is told
/// with the commands that brought it.
pub fn smtp(listener: TcpListener, refuse: Option<(&'static str, u16)>) -> Receiver<(Vec<String>, String)> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut output = stream.try_clone().unwrap();
            let mut said = |words: &str| output.write_all(format!("{words}\r\n").as_bytes());
            let _ = said("220 mail.example.com");
            let mut commands = Vec::new();
            let mut input = BufReader::new(stream).lines();
            while let Some(Ok(line)) = input.next() {
                commands.push(line.clone());
                let word = line.to_uppercase();
                let answer = match refuse {
                    Some((command, code)) if word.starts_with(command) => {
                        format!("{code} refused for a@example.com")
                    }
                    _ if word.starts_with("EHLO") => {
                        "250-mail.example.com\r\n250 AUTH PLAIN LOGIN".to_owned()
                    }
                    _ if word.starts_with("AUTH") => "235 ok".to_owned(),
                    _ if word == "DATA" => "354 go on".to_owned(),
                    _ if word == "QUIT" => "221 bye".to_owned(),
                    _ => "250 ok".to_owned(),
                };
                let _ = said(&answer);
                if answer.starts_with("354") {
                    let mail: Vec<String> =
                        input.by_ref().map_while(Result::ok).take_while(|l| l != ".").collect();
                    let _ = said("250 taken");
                    if sender.send((std::mem::take(&mut commands), mail.join("\n"))).is_err() {
                        return;
                    }
                }
            }
        }
    });
    receiver
}
