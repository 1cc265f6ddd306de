//! The contract that the application offers, "org.tenon.test.languages" (tests/fixtures/languages/contract), and the
//! one with this plugin's own service.
use std::mem::size_of;

use crate::abi::{Span, Str};
use crate::appendable;
use crate::describe::{contract, hook, method, service, Described, Record, END, FILTER, FIRST, NONE, NOTIFY};

pub const LANGUAGES: &str = "org.tenon.test.languages";
pub const SPEAKER: &str = "org.tenon.example.rust";
pub const SPEAKER_SERVICE: &str = "org.tenon.example.rust.service/1";

appendable!(0, "languages_text", struct Text { struct_size: u32, hands: u32, words: Str, });
appendable!(1, "languages_question", struct Question { struct_size: u32, reserved: u32, speaker: Str, words: Str, });
appendable!(2, "languages_word", struct Word { struct_size: u32, length: u32, text: Str, });
appendable!(3, "languages_answer", struct Answer { struct_size: u32, reserved: u32, sentence: Str, words: Span<Word>, });

appendable!(0, "speaker_greeting", struct Greeting { struct_size: u32, reserved: u32, words: Str, });
appendable!(1, "speaker_facts", struct Facts {
    struct_size: u32, heard: u32, words: Str, made_with: Str, library: Str,
});

/// In the order that api/tenon/contract.h writes them in. Records only, hence one array to whoever reads the note.
#[repr(C)]
pub struct Records {
    languages: Record,
    text: [Record; Text::RECORDS.len()],
    question: [Record; Question::RECORDS.len()],
    word: [Record; Word::RECORDS.len()],
    answer: [Record; Answer::RECORDS.len()],
    hooks: [Record; 3],
    speaker: Record,
    greeting: [Record; Greeting::RECORDS.len()],
    facts: [Record; Facts::RECORDS.len()],
    service: [Record; 2],
    end: Record,
}

pub const RECORD_COUNT: usize = size_of::<Records>() / size_of::<Record>();
pub const RECORDS: Records = Records {
    languages: contract(LANGUAGES, (1, 0, 0), false),
    text: Text::RECORDS,
    question: Question::RECORDS,
    word: Word::RECORDS,
    answer: Answer::RECORDS,
    hooks: [
        hook("sign", FILTER, NONE, Text::INDEX),
        hook("answer", FIRST, Question::INDEX, Answer::INDEX),
        hook("heard", NOTIFY, Text::INDEX, NONE),
    ],
    speaker: contract("org.tenon.example.rust.service", (1, 0, 0), true),
    greeting: Greeting::RECORDS,
    facts: Facts::RECORDS,
    service: [service(SPEAKER_SERVICE), method("greet", Greeting::INDEX, Facts::INDEX)],
    end: END,
};
const _: () = assert!(size_of::<Text>() == 24 && size_of::<Question>() == 40);
const _: () = assert!(size_of::<Word>() == 24 && size_of::<Answer>() == 48);
const _: () = assert!(size_of::<Greeting>() == 24 && size_of::<Facts>() == 56);
