// SPDX-License-Identifier: MIT
//! diamond-types doing the work of bench/yffi, as far as it has it: histories, and their encoding in its own format.
//!
//!     bench-diamond-types MATERIAL ROW REPETITIONS SECONDS
//!
//! prints a line of JSON for each repetition, and stops early when the seconds are over. Each result is checked.
use diamond_types::list::encoding::EncodeOptions;
use diamond_types::list::ListCRDT;
use std::time::Instant;

struct Patch {
    at: usize,
    deleted: usize,
    inserted: String,
}

fn number(bytes: &[u8], at: &mut usize) -> usize {
    let n = u32::from_le_bytes(bytes[*at..*at + 4].try_into().unwrap());
    *at += 4;
    n as usize
}

/// bench/material.hpp describes the file; positions here are in Unicode scalar values.
fn patches(material: &str, history: &str) -> Vec<Patch> {
    let bytes = std::fs::read(format!("{material}/{history}.patches")).expect("no such history");
    let mut at = 0;
    let count = number(&bytes, &mut at);
    let mut all = Vec::with_capacity(count);
    for _ in 0..count {
        let (position, deleted) = (number(&bytes, &mut at), number(&bytes, &mut at));
        at += 16;
        let len = number(&bytes, &mut at);
        let inserted = String::from_utf8(bytes[at..at + len].to_vec()).expect("not UTF-8");
        at += len + 1;
        all.push(Patch { at: position, deleted, inserted });
    }
    all
}

fn play(patches: &[Patch]) -> ListCRDT {
    let mut doc = ListCRDT::new();
    let agent = doc.get_or_create_agent_id("bench");
    for p in patches {
        if p.deleted > 0 {
            doc.delete_without_content(agent, p.at..p.at + p.deleted);
        }
        if !p.inserted.is_empty() {
            doc.insert(agent, p.at, &p.inserted);
        }
    }
    doc
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.len() != 5 {
        eprintln!("usage: {} MATERIAL ROW REPETITIONS SECONDS", arguments[0]);
        std::process::exit(2);
    }
    let (material, row) = (&arguments[1], &arguments[2]);
    let repetitions: usize = arguments[3].parse().unwrap();
    let seconds: f64 = arguments[4].parse().unwrap();
    let parts: Vec<&str> = row.split('/').collect();
    if parts.len() != 3 {
        eprintln!("no such row");
        std::process::exit(3);
    }
    let history = patches(material, parts[1]);
    let expected = std::fs::read_to_string(format!("{material}/{}.text", parts[1])).unwrap();
    let start = Instant::now();
    for i in 0..repetitions {
        if i > 0 && start.elapsed().as_secs_f64() > seconds {
            break;
        }
        let (time, ops, bytes, doc);
        match (parts[0], parts[2]) {
            // It has no transactions: every patch is an operation of its own.
            ("replay", "a transaction each") | ("replay", "one transaction") => {
                let before = Instant::now();
                doc = play(&history);
                (time, ops, bytes) = (before.elapsed(), history.len(), 0);
            }
            ("encode", "v1") => {
                doc = play(&history);
                let before = Instant::now();
                let state = doc.oplog.encode(EncodeOptions::default());
                (time, ops, bytes) = (before.elapsed(), 1, state.len());
            }
            ("load", "v1") => {
                let state = play(&history).oplog.encode(EncodeOptions::default());
                let before = Instant::now();
                doc = ListCRDT::load_from(&state).expect("its own bytes");
                (time, ops, bytes) = (before.elapsed(), 1, state.len());
            }
            _ => {
                eprintln!("no such row");
                std::process::exit(3);
            }
        }
        if doc.branch.content().to_string() != expected {
            eprintln!("{row}: the text at the end is another");
            std::process::exit(1);
        }
        println!("{{\"seconds\": {}, \"ops\": {ops}, \"bytes\": {bytes}, \"checks\": 1}}", time.as_secs_f64());
    }
}
