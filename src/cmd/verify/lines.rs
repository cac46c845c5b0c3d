//! Blocks of whole lines from a stream, in buffers that are used again.

use std::io::{self, ErrorKind, Read};

use memchr::{memchr, memchr_iter, memrchr};

/// One read. Small enough to stay in a core's cache between reading and judging.
const BLOCK: usize = 128 * 1024;
/// Far above any delivery; a longer line is dropped, so that memory stays bounded.
const MAX_LINE: usize = 64 * 1024 * 1024;

/// A stream cut into blocks.
pub(super) struct Lines<R> {
    reader: R,
    max_line: usize,
    /// The beginning of a line whose end has not been read.
    carry: Vec<u8>,
    next_line: u64,
    next_block: u64,
    is_done: bool,
}

/// Some whole lines.
pub(super) struct Block {
    buffer: Vec<u8>,
    filled: usize,
    /// Where each line ends.
    ends: Vec<usize>,
    /// The number of its first line, from 1.
    pub(super) first_line: u64,
    /// Its place in the stream, from 0.
    pub(super) sequence: u64,
    /// Whether it stands for one line that was dropped because of its length.
    pub(super) is_overlong: bool,
}

impl Block {
    pub(super) fn new() -> Self {
        let (buffer, ends) = (vec![0; BLOCK], Vec::new());
        Block { buffer, filled: 0, ends, first_line: 1, sequence: 0, is_overlong: false }
    }

    /// The lines with their numbers, without line ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| end + 1));
        let spans = starts.zip(&self.ends).map(|(start, end)| &self.buffer[start..*end]);
        (self.first_line..).zip(spans)
    }

    /// Finds the line ends, once: the number of lines is needed before the lines are.
    fn split(&mut self) {
        let bytes = &self.buffer[..self.filled];
        self.ends.clear();
        self.ends.extend(memchr_iter(b'\n', bytes));
        // The last line of a stream may lack its line end.
        if bytes.last().is_some_and(|last| *last != b'\n') {
            self.ends.push(bytes.len());
        }
    }
}

impl<R: Read> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Lines { reader, max_line: MAX_LINE, carry: Vec::new(), next_line: 1, next_block: 0, is_done: false }
    }

    /// Fills `block` with what one read brings, or more where that is no whole line, and answers whether
    /// there was anything. A slow stream's lines come as soon as they are complete.
    pub(super) fn read_into(&mut self, block: &mut Block) -> io::Result<bool> {
        block.is_overlong = false;
        block.filled = 0;
        self.restore_carry(block);
        let mut searched = 0;
        loop {
            if let Some(at) = self.end_of_lines(block, searched) {
                self.carry.extend_from_slice(&block.buffer[at..block.filled]);
                block.filled = at;
                break;
            }
            if self.is_done {
                break;
            }
            if block.filled > self.max_line {
                block.is_overlong = true;
            }
            if block.is_overlong {
                block.filled = 0;
            }
            searched = block.filled;
            self.fill(block)?;
        }
        if block.is_overlong {
            block.filled = 0;
        }
        block.split();
        (block.first_line, block.sequence) = (self.next_line, self.next_block);
        let lines = block.ends.len() + usize::from(block.is_overlong);
        self.next_line += lines as u64;
        self.next_block += u64::from(lines > 0);
        Ok(lines > 0)
    }

    /// Where the whole lines of `block` end: after the last line end, or, behind an overlong line, after its own.
    fn end_of_lines(&self, block: &Block, searched: usize) -> Option<usize> {
        let new = &block.buffer[searched..block.filled];
        let found = if block.is_overlong { memchr(b'\n', new) } else { memrchr(b'\n', new) };
        found.map(|at| searched + at + 1)
    }

    fn restore_carry(&mut self, block: &mut Block) {
        while block.buffer.len() < self.carry.len() {
            grow(&mut block.buffer);
        }
        block.buffer[..self.carry.len()].copy_from_slice(&self.carry);
        block.filled = self.carry.len();
        self.carry.clear();
    }

    /// One successful read.
    fn fill(&mut self, block: &mut Block) -> io::Result<()> {
        if block.filled == block.buffer.len() {
            grow(&mut block.buffer);
        }
        let count = loop {
            match self.reader.read(&mut block.buffer[block.filled..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        block.filled += count;
        self.is_done = count == 0;
        Ok(())
    }
}

fn grow(buffer: &mut Vec<u8>) {
    buffer.resize(buffer.len() * 2, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers at most `step` bytes a read.
    struct Trickle<'a> {
        rest: &'a [u8],
        step: usize,
    }

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.step.min(self.rest.len()).min(out.len());
            let (now, later) = self.rest.split_at(count);
            out[..count].copy_from_slice(now);
            self.rest = later;
            Ok(count)
        }
    }

    /// Every line with its number; an overlong one as `None`.
    fn lines(text: &str, step: usize, max_line: usize) -> Vec<(u64, Option<String>)> {
        let mut source = Lines { max_line, ..Lines::new(Trickle { rest: text.as_bytes(), step }) };
        let (mut block, mut all) = (Block::new(), Vec::new());
        while source.read_into(&mut block).expect("reads") {
            if block.is_overlong {
                all.push((block.first_line, None));
            }
            let text = |line: &[u8]| String::from_utf8(line.to_vec()).expect("text");
            all.extend(block.lines().map(|(number, line)| (number, Some(text(line)))));
        }
        all
    }

    #[test]
    fn every_line_comes_once_with_its_number_however_it_is_read() {
        let text = "one\ntwo\n\nfour four four\nlast";
        for step in 1..=text.len() {
            let expected: Vec<_> = (1..).zip(text.lines().map(|line| Some(line.to_owned()))).collect();
            assert_eq!(lines(text, step, 100), expected, "step {step}");
        }
        assert!(lines("", 1, 100).is_empty());
    }

    #[test]
    fn a_line_that_is_too_long_is_dropped_and_the_next_ones_are_not() {
        let long = "x".repeat(50);
        for step in [1, 7, 40, 64] {
            let found = lines(&format!("a\n{long}\nb\nc\n{long}"), step, 9);
            let overlong: Vec<u64> =
                found.iter().filter(|(_, line)| line.is_none()).map(|(n, _)| *n).collect();
            let kept: Vec<_> = found.iter().filter_map(|(n, line)| Some((*n, line.as_deref()?))).collect();
            if step == 1 {
                assert_eq!(overlong, [2, 5]);
                assert_eq!(kept, [(1, "a"), (3, "b"), (4, "c")]);
            }
            assert_eq!(found.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1, 2, 3, 4, 5], "step {step}");
        }
    }

    #[test]
    fn a_line_longer_than_a_block_is_whole() {
        let long = "y".repeat(3 * BLOCK);
        let found = lines(&format!("{long}\nz\n"), BLOCK, MAX_LINE);
        assert_eq!(
            found.iter().map(|(_, line)| line.as_ref().map_or(0, String::len)).collect::<Vec<_>>(),
            [3 * BLOCK, 1]
        );
    }
}
