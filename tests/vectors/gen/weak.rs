// SPDX-License-Identifier: MIT
// Documents with weak links by yrs: prints weak.txt (README.md has the format).
//
// Cargo.toml of a program with this as src/main.rs:
//     [dependencies]
//     yrs = { version = "=0.28.0", features = ["weak"] }
// usage: cargo run > weak.txt
use std::ops::Bound;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use yrs::types::text::YChange;
use yrs::types::Attrs;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    Array, Doc, GetString, Map, Observable, Out, Quotable, ReadTxn, StateVector, Text, TextPrelim, TextRef, Transact,
    Transaction, Update, WeakRef, XmlTextRef,
};

fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".into();
    }
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

struct Peer {
    doc: Doc,
    sent: StateVector,
    steps: usize,
    /// Reads every step, and observes the link (in the map under "q", or the first of the list) once it has come.
    reader: Doc,
    told: Arc<AtomicU32>,
    observing: bool,
}

impl Peer {
    fn new(name: &str, client: u64) -> Self {
        println!("name {name}");
        let doc = Doc::with_client_id(client);
        Peer {
            doc,
            sent: StateVector::default(),
            steps: 0,
            reader: Doc::with_client_id(888),
            told: Arc::new(AtomicU32::new(0)),
            observing: false,
        }
    }

    fn observe(&mut self) {
        let map = self.reader.get_or_insert_map("m");
        let list = self.reader.get_or_insert_array("l");
        let link = {
            let txn = self.reader.transact();
            match map.get(&txn, "q").or_else(|| list.get(&txn, 0)) {
                Some(Out::YWeakLink(link)) => link,
                _ => return,
            }
        };
        let told = self.told.clone();
        link.observe("vectors", move |_, _| {
            told.fetch_add(1, Ordering::SeqCst);
        });
        self.observing = true;
    }

    /// What is new since the last step, and what a new document that has read all steps encodes.
    fn step(&mut self) {
        let txn = self.doc.transact();
        let (v1, v2) = (txn.encode_diff_v1(&self.sent), txn.encode_diff_v2(&self.sent));
        println!("update {} {}", hex(&v1), hex(&v2));
        self.sent = txn.state_vector();
        self.steps += 1;
        drop(txn);
        let update = Update::decode_v1(&v1).unwrap();
        self.reader.transact_mut().apply_update(update).unwrap();
        println!("told {}", self.told.swap(0, Ordering::SeqCst));
        if !self.observing {
            self.observe();
        }
    }

    fn end(&mut self) {
        self.step();
        let txn = self.doc.transact();
        println!("state {} {}", hex(&txn.encode_state_as_update_v1(&StateVector::default())),
            hex(&txn.encode_state_as_update_v2(&StateVector::default())));
        // A reader of the state: its blocks may be cut in another way.
        let other = Doc::with_client_id(9999);
        let update = Update::decode_v1(&txn.encode_state_as_update_v1(&StateVector::default())).unwrap();
        other.transact_mut().apply_update(update).unwrap();
        println!("read {}", hex(&other.transact().encode_state_as_update_v1(&StateVector::default())));
        println!("end");
    }
}

fn text_of(link: &WeakRef<TextRef>, txn: &impl ReadTxn) -> String {
    hex(link.get_string(txn).as_bytes())
}

fn xml_of(link: &WeakRef<TextRef>, txn: &impl ReadTxn) -> String {
    let xml: WeakRef<XmlTextRef> = WeakRef::from(link.clone().into_inner());
    // yrs panics here for some ranges: then there is nothing to compare with.
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| xml.get_string(txn))) {
        Ok(xml) => hex(xml.as_bytes()),
        Err(_) => "panic".into(),
    }
}

type Range = (Bound<u32>, Bound<u32>);
const RANGES: [(&str, Range); 7] = [
    ("included", (Bound::Included(2), Bound::Included(6))),
    ("end excluded", (Bound::Included(2), Bound::Excluded(6))),
    ("start excluded", (Bound::Excluded(2), Bound::Included(6))),
    ("both excluded", (Bound::Excluded(2), Bound::Excluded(6))),
    ("start open", (Bound::Unbounded, Bound::Included(6))),
    ("end open", (Bound::Included(2), Bound::Unbounded)),
    ("both open", (Bound::Unbounded, Bound::Unbounded)),
];

/// Quotes of a text into which is then written, at and inside of the ends; parts of it are deleted.
fn texts() {
    for (name, range) in RANGES {
        for formatted in [false, true] {
            let mut p = Peer::new(&format!("text quote, {name}{}", if formatted { ", formatted" } else { "" }), 1);
            let text = p.doc.get_or_insert_text("t");
            let map = p.doc.get_or_insert_map("m");
            {
                let mut txn = p.doc.transact_mut();
                text.insert(&mut txn, 0, "hello world");
                if formatted {
                    text.format(&mut txn, 0, 4, Attrs::from([("b".into(), true.into())]));
                    text.format(&mut txn, 3, 4, Attrs::from([("i".into(), true.into())]));
                }
            }
            p.step();
            let link = {
                let mut txn = p.doc.transact_mut();
                let quote = text.quote(&txn, range).unwrap();
                map.insert(&mut txn, "q", quote)
            };
            p.step();
            println!("text {}", text_of(&link, &p.doc.transact()));
            println!("xml {}", xml_of(&link, &p.doc.transact()));
            for (at, what) in [(0u32, "A"), (3, "BB"), (5, "C"), (12, "D"), (8, "\u{e9}")] {
                text.insert(&mut p.doc.transact_mut(), at, what);
                p.step();
                println!("text {}", text_of(&link, &p.doc.transact()));
                println!("xml {}", xml_of(&link, &p.doc.transact()));
            }
            text.remove_range(&mut p.doc.transact_mut(), 4, 2);
            p.step();
            println!("text {}", text_of(&link, &p.doc.transact()));
            p.end();
        }
    }
}

fn arrays() {
    for (name, range) in RANGES {
        let mut p = Peer::new(&format!("array quote, {name}"), 2);
        let array = p.doc.get_or_insert_array("a");
        let list = p.doc.get_or_insert_array("l");
        array.insert_range(&mut p.doc.transact_mut(), 0, [0, 1, 2, 3, 4, 5, 6, 7]);
        p.step();
        let link = {
            let mut txn = p.doc.transact_mut();
            let quote = array.quote(&txn, range).unwrap();
            list.insert(&mut txn, 0, quote)
        };
        p.step();
        let show = |txn: &Transaction| {
            let all: Vec<String> = link.unquote(txn).map(|v| v.to_string(txn)).collect();
            println!("elements {}", if all.is_empty() { "-".into() } else { all.join(",") });
        };
        show(&p.doc.transact());
        for (at, what) in [(1u32, 10), (3, 11), (5, 12), (9, 13), (12, 14)] {
            array.insert(&mut p.doc.transact_mut(), at, what);
            p.step();
            show(&p.doc.transact());
        }
        array.remove_range(&mut p.doc.transact_mut(), 3, 3);
        p.step();
        show(&p.doc.transact());
        p.end();
    }
}

fn maps() {
    let mut p = Peer::new("map link", 3);
    let map = p.doc.get_or_insert_map("m");
    let array = p.doc.get_or_insert_array("l");
    map.insert(&mut p.doc.transact_mut(), "a", 1);
    p.step();
    let link = {
        let mut txn = p.doc.transact_mut();
        let link = map.link(&txn, "a").unwrap();
        array.insert(&mut txn, 0, link)
    };
    p.step();
    let value = |p: &Peer| {
        let txn = p.doc.transact();
        let v = link.try_deref_value(&txn).map(|v| v.to_string(&txn));
        println!("value {}", v.unwrap_or("-".into()));
    };
    value(&p);
    map.insert(&mut p.doc.transact_mut(), "a", 2);
    p.step();
    value(&p);
    map.insert(&mut p.doc.transact_mut(), "a", 3);
    p.step();
    value(&p);
    map.remove(&mut p.doc.transact_mut(), "a");
    p.step();
    value(&p);
    map.insert(&mut p.doc.transact_mut(), "a", 4);
    p.step();
    value(&p);
    p.end();

    let mut p = Peer::new("links to nested types, of one another, deleted", 4);
    let map = p.doc.get_or_insert_map("m");
    let nested = map.insert(&mut p.doc.transact_mut(), "t", TextPrelim::new("nested text"));
    p.step();
    {
        let mut txn = p.doc.transact_mut();
        let quote = nested.quote(&txn, (Bound::Unbounded, Bound::Excluded(6))).unwrap();
        map.insert(&mut txn, "q", quote);
        let all = nested.quote(&txn, (Bound::<u32>::Unbounded, Bound::Unbounded)).unwrap();
        map.insert(&mut txn, "all", all);
        let link = map.link(&txn, "q").unwrap();
        map.insert(&mut txn, "l", link);
        let link = map.link(&txn, "l").unwrap();
        map.insert(&mut txn, "ll", link);
        let one = nested.quote(&txn, 3..=3).unwrap();
        map.insert(&mut txn, "one", one);
    }
    p.step();
    map.remove(&mut p.doc.transact_mut(), "q");
    p.step();
    map.remove(&mut p.doc.transact_mut(), "one");
    p.step();
    nested.insert(&mut p.doc.transact_mut(), 3, "+");
    p.step();
    map.remove(&mut p.doc.transact_mut(), "t");
    p.end();

    let mut p = Peer::new("embedded in a text, among tombstones", 5);
    let text = p.doc.get_or_insert_text("t");
    text.insert(&mut p.doc.transact_mut(), 0, "one two three");
    text.remove_range(&mut p.doc.transact_mut(), 3, 4);
    p.step();
    {
        let mut txn = p.doc.transact_mut();
        let quote = text.quote(&txn, 3..=6).unwrap();
        text.insert_embed(&mut txn, 1, quote);
        let diff = text.diff(&txn, YChange::identity);
        assert_eq!(diff.len(), 3);
    }
    p.step();
    p.end();
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    texts();
    arrays();
    maps();
}
