//! A Tenon plugin in Rust: std only, nothing generated. It signs a text, answers questions, listens, and offers a
//! service. Build it with `cargo build --release`; the library is the plugin.
use std::ffi::c_void;
use std::mem::size_of;
use std::sync::atomic::{AtomicU32, Ordering};

mod abi;
mod call;
mod contract;
mod describe;
mod note;

use abi::*;
use call::{guarded, Call, Failure};
use contract::{Answer, Facts, Greeting, Question, Text, Word, LANGUAGES, SPEAKER, SPEAKER_SERVICE};

/// The plugin's instance.
struct Speaker {
    heard: AtomicU32,
}

impl Speaker {
    fn sign(&self, call: &Call, text: &mut Text) -> Result<i32, Failure> {
        text.words = call.copy(&(unsafe { text.words.text() } + " rust"))?;
        text.hands += 1;
        Ok(CHANGED)
    }

    fn answer(&self, call: &Call, question: &Question, answer: &mut Answer) -> Result<i32, Failure> {
        if unsafe { question.speaker.bytes() } != SPEAKER.as_bytes() {
            return Ok(DECLINED);
        }
        match unsafe { question.words.bytes() } {
            b"fail" => return Err(Failure { code: E_FAILED, text: "rust cannot say that".to_string() }),
            b"throw" => panic!("rust does not throw, it panics"),
            _ => {}
        }
        let words = ["hello,", "from", "rust"];
        answer.sentence = call.copy(&words.concat())?;
        let mut spoken = Vec::new();
        for text in words {
            let length = text.len() as u32;
            spoken.push(Word { struct_size: size_of::<Word>() as u32, length, text: call.copy(text)? });
        }
        answer.words = call.span(&spoken)?;
        Ok(HANDLED)
    }

    fn heard(&self) -> Result<i32, Failure> {
        self.heard.fetch_add(1, Ordering::Relaxed);
        Ok(CONTINUE)
    }

    fn greet(&self, call: &Call, greeting: &Greeting, facts: &mut Facts) -> Result<i32, Failure> {
        facts.heard = self.heard.load(Ordering::Relaxed);
        facts.words = call.copy(&(unsafe { greeting.words.text() } + ", " + SPEAKER))?;
        facts.made_with = call.copy("rustc")?;
        facts.library = call.copy("std")?;
        Ok(OK)
    }
}

// From the C signatures to the methods above. The host passes our own instance, and values of the contract's types.

unsafe extern "C" fn sign(this: *mut c_void, call: *mut RawCall, _: *const c_void, reply: *mut c_void) -> i32 {
    guarded(call, |call| (*(this as *const Speaker)).sign(call, &mut *(reply as *mut Text)))
}
unsafe extern "C" fn answer(this: *mut c_void, call: *mut RawCall, asked: *const c_void, reply: *mut c_void) -> i32 {
    guarded(call, |call| {
        (*(this as *const Speaker)).answer(call, &*(asked as *const Question), &mut *(reply as *mut Answer))
    })
}
unsafe extern "C" fn heard(this: *mut c_void, call: *mut RawCall, _: *const c_void, _: *mut c_void) -> i32 {
    guarded(call, |_| (*(this as *const Speaker)).heard())
}
unsafe extern "C" fn greet(this: *mut c_void, call: *mut RawCall, asked: *const c_void, reply: *mut c_void) -> i32 {
    guarded(call, |call| {
        (*(this as *const Speaker)).greet(call, &*(asked as *const Greeting), &mut *(reply as *mut Facts))
    })
}

unsafe extern "C" fn create(_: *mut Init, out_self: *mut *mut c_void) -> i32 {
    // The host gets a panic's words as an error; this library's copy of std need not print them too.
    std::panic::set_hook(Box::new(|_| {}));
    *out_self = Box::into_raw(Box::new(Speaker { heard: AtomicU32::new(0) })) as *mut c_void;
    OK
}
unsafe extern "C" fn destroy(this: *mut c_void) {
    drop(Box::from_raw(this as *mut Speaker));
    drop(std::panic::take_hook());
}

static LIFECYCLE: Lifecycle = Lifecycle {
    struct_size: size_of::<Lifecycle>() as u32,
    reserved: 0,
    create: Some(create),
    start: None,
    stop: None,
    destroy: Some(destroy),
    others: [std::ptr::null(); 6],
};
static HANDLERS: [Handler; 3] = [
    Handler { contract: Str::of(LANGUAGES), hook: Str::of("sign"), function: sign },
    Handler { contract: Str::of(LANGUAGES), hook: Str::of("answer"), function: answer },
    Handler { contract: Str::of(LANGUAGES), hook: Str::of("heard"), function: heard },
];
static METHODS: [HandlerFn; 1] = [greet];
static SERVICES: [ServiceTable; 1] =
    [ServiceTable { id: Str::of(SPEAKER_SERVICE), methods: METHODS.as_ptr(), method_count: METHODS.len() as u64 }];

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static tenon_entry: EntryBlock = EntryBlock {
    magic: MAGIC,
    abi_major: ABI_MAJOR,
    abi_minor_required: ABI_MINOR,
    abi_minor_built: ABI_MINOR,
    reserved16: 0,
    reserved32: 0,
    note: &note::NOTE as *const note::Note as *const c_void,
    note_size: size_of::<note::Note>() as u64,
    lifecycle: &LIFECYCLE,
    handlers: Span::over(&HANDLERS),
    services: Span::over(&SERVICES),
};
