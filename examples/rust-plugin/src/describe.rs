//! Descriptors (api/tenon/describe.h, contract.h): records without pointers, made while compiling.
use std::mem::size_of;

use crate::abi::{Span, Str};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Record {
    pub kind: u16,
    pub flags: u16,
    pub r#type: u32,
    pub of: u32,
    pub count: u32,
    pub offset: u64,
    pub size: u64,
    pub name: [u8; 64],
}
const _: () = assert!(size_of::<Record>() == 96);

pub const NOTIFY: u32 = 1;
pub const FILTER: u32 = 2;
pub const FIRST: u32 = 3;
/// The type of a hook or method that has no request or no reply.
pub const NONE: u32 = 0xffff_ffff;

/// A type that a field may have.
pub trait Kind {
    const CODE: u32;
    const OF: u32;
}
impl Kind for u32 {
    const CODE: u32 = 3;
    const OF: u32 = 0;
}
impl Kind for Str {
    const CODE: u32 = 12;
    const OF: u32 = 0;
}
impl<T: Described> Kind for Span<T> {
    const CODE: u32 = 17;
    const OF: u32 = T::INDEX;
}

/// A struct of a contract; its index is its place among the types there.
pub trait Described {
    const INDEX: u32;
}

pub struct Field {
    pub name: &'static str,
    pub code: u32,
    pub of: u32,
    pub size: usize,
}

const fn name(text: &str) -> [u8; 64] {
    let bytes = text.as_bytes();
    assert!(bytes.len() < 64, "a name has at most 63 bytes");
    let mut out = [0; 64];
    let mut i = 0;
    while i < bytes.len() {
        out[i] = bytes[i];
        i += 1;
    }
    out
}

/// Ends the records.
pub const END: Record = Record { kind: 0, flags: 0, r#type: 0, of: 0, count: 0, offset: 0, size: 0, name: [0; 64] };

pub const fn contract(id: &str, version: (u32, u32, u32), offered: bool) -> Record {
    let flags = if offered { 1 } else { 0 };
    Record { kind: 1, flags, r#type: version.0, of: version.1, count: version.2, name: name(id), ..END }
}
pub const fn hook(id: &str, kind: u32, request: u32, reply: u32) -> Record {
    Record { kind: 6, r#type: kind, of: request, count: reply, name: name(id), ..END }
}
pub const fn service(id: &str) -> Record {
    Record { kind: 7, name: name(id), ..END }
}
pub const fn method(id: &str, request: u32, reply: u32) -> Record {
    Record { kind: 8, of: request, count: reply, name: name(id), ..END }
}

/// The records of an APPENDABLE struct in its first release. A struct without padding has each field where the ones
/// before it end.
pub const fn structure<const N: usize, const M: usize>(id: &str, fields: &[Field; N], size: usize) -> [Record; M] {
    assert!(M == N + 1);
    let mut out = [END; M];
    let mut offset = 0;
    let mut i = 0;
    while i < N {
        let Field { code, of, size, .. } = fields[i];
        out[i + 1] = Record {
            kind: 5,
            r#type: code,
            of,
            count: 1,
            offset: offset as u64,
            size: size as u64,
            name: name(fields[i].name),
            ..END
        };
        offset += size;
        i += 1;
    }
    assert!(offset == size, "implicit padding");
    out[0] = Record { kind: 4, flags: 2, of: 8, offset: size as u64, size: size as u64, name: name(id), ..END };
    out
}

/// appendable!(INDEX, "name_in_c", struct Name { field: Type, ... }): the struct, and its RECORDS.
#[macro_export]
macro_rules! appendable {
    ($index:literal, $c_name:literal, struct $Type:ident { $($field:ident: $kind:ty,)* }) => {
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub struct $Type {
            $(pub $field: $kind,)*
        }
        impl $crate::describe::Described for $Type {
            const INDEX: u32 = $index;
        }
        impl $Type {
            const FIELDS: [$crate::describe::Field; [$(stringify!($field)),*].len()] = [$($crate::describe::Field {
                name: stringify!($field),
                code: <$kind as $crate::describe::Kind>::CODE,
                of: <$kind as $crate::describe::Kind>::OF,
                size: std::mem::size_of::<$kind>(),
            }),*];
            pub const RECORDS: [$crate::describe::Record; $Type::FIELDS.len() + 1] =
                $crate::describe::structure($c_name, &$Type::FIELDS, std::mem::size_of::<$Type>());
        }
        const _: () = assert!(std::mem::align_of::<$Type>() == 8);
    };
}
