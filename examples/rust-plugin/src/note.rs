//! The ELF note (api/tenon/entry.h): from it alone a host decides, before any of our code runs.
use std::mem::size_of;

use crate::abi::{ABI_MAJOR, ABI_MINOR, MAGIC};
use crate::contract::{Records, RECORDS, RECORD_COUNT};
use crate::describe::Record;

const MANIFEST: &[u8] = include_bytes!("../plugin.toml");
/// At least one zero stands behind the text.
const PADDED: usize = MANIFEST.len() / 8 * 8 + 8;

#[repr(C)]
struct Header {
    name_size: u32,
    payload_size: u32,
    note_type: u32,
    name: [u8; 12],
    magic: u32,
    abi_major: u16,
    abi_minor_required: u16,
    abi_minor_built: u16,
    record_size: u16,
    record_count: u32,
    manifest_size: u32,
    reserved: u32,
}
const _: () = assert!(size_of::<Header>() == 48);

#[repr(C, align(8))]
pub struct Note {
    header: Header,
    records: Records,
    manifest: [u8; PADDED],
}

const fn padded(text: &[u8]) -> [u8; PADDED] {
    let mut out = [0; PADDED];
    let mut i = 0;
    while i < text.len() {
        out[i] = text[i];
        i += 1;
    }
    out
}

#[used]
#[link_section = ".note.tenon"]
pub static NOTE: Note = Note {
    header: Header {
        name_size: 12,
        payload_size: size_of::<Note>() as u32 - 24,
        note_type: 1,
        name: *b"org.tenon/1\0",
        magic: MAGIC,
        abi_major: ABI_MAJOR,
        abi_minor_required: ABI_MINOR,
        abi_minor_built: ABI_MINOR,
        record_size: size_of::<Record>() as u16,
        record_count: RECORD_COUNT as u32,
        manifest_size: MANIFEST.len() as u32,
        reserved: 0,
    },
    records: RECORDS,
    manifest: padded(MANIFEST),
};
