//! A source that can be looked into before it is taken, and put back a little.

use std::io::{BufRead, BufReader, Read, Result};

/// Bytes of a file or pipe with their place in it.
#[derive(Debug)]
pub(super) struct Source<R> {
    from: BufReader<R>,
    /// Bytes that were looked at or put back; those before `taken` are gone.
    held: Vec<u8>,
    taken: usize,
    /// Bytes taken so far.
    at: u64,
    /// What was taken since the mark, to be put back.
    marked: Option<Vec<u8>>,
}

impl<R: Read> Source<R> {
    pub fn new(from: R) -> Self {
        let from = BufReader::with_capacity(1 << 16, from);
        Self { from, held: Vec::new(), taken: 0, at: 0, marked: None }
    }

    /// Bytes taken so far.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The next bytes without taking them; fewer where the source ends.
    pub fn peek(&mut self, most: usize) -> Result<&[u8]> {
        if self.held.len() > self.taken || self.from.fill_buf()?.len() < most {
            while self.held.len() - self.taken < most {
                let more = self.from.fill_buf()?;
                if more.is_empty() {
                    break;
                }
                self.held.extend_from_slice(more);
                let length = more.len();
                self.from.consume(length);
            }
        }
        let there = self.fill_buf()?;
        Ok(&there[..there.len().min(most)])
    }

    /// What is taken from now on can be put back.
    pub fn mark(&mut self) {
        self.marked = Some(Vec::new());
    }

    /// What was taken since the mark stays taken.
    pub fn unmark(&mut self) {
        self.marked = None;
    }

    /// Puts back what was taken since the mark.
    pub fn put_back(&mut self) {
        let Some(mut marked) = self.marked.take() else { return };
        self.at -= marked.len() as u64;
        marked.extend_from_slice(&self.held[self.taken..]);
        (self.held, self.taken) = (marked, 0);
    }

    fn took(&mut self, bytes: usize) {
        self.at += bytes as u64;
        if self.taken == self.held.len() {
            self.held.clear();
            self.taken = 0;
        }
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let read = if self.taken < self.held.len() {
            let length = into.len().min(self.held.len() - self.taken);
            into[..length].copy_from_slice(&self.held[self.taken..self.taken + length]);
            self.taken += length;
            length
        } else {
            // Samples go past the small buffer.
            self.from.read(into)?
        };
        if let Some(marked) = &mut self.marked {
            marked.extend_from_slice(&into[..read]);
        }
        self.took(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        if self.taken < self.held.len() { Ok(&self.held[self.taken..]) } else { self.from.fill_buf() }
    }

    fn consume(&mut self, length: usize) {
        if let Some(marked) = &mut self.marked {
            let there =
                if self.taken < self.held.len() { &self.held[self.taken..] } else { self.from.buffer() };
            marked.extend_from_slice(&there[..length]);
        }
        if self.taken < self.held.len() {
            self.taken += length;
        } else {
            self.from.consume(length);
        }
        self.took(length);
    }
}
