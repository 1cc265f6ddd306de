//! What this plugin uses of Tenon's C ABI (api/tenon/*.h), field by field. Layouts are asserted at the end.
use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem::size_of;

pub const MAGIC: u32 = 0x4f4e_4554;
pub const ABI_MAJOR: u16 = 0;
pub const ABI_MINOR: u16 = 1;

pub const OK: i32 = 0;
pub const CONTINUE: i32 = 0;
pub const HANDLED: i32 = 1;
pub const CHANGED: i32 = 2;
pub const DECLINED: i32 = 3;
pub const E_FAILED: i32 = -1;
pub const E_NO_MEMORY: i32 = -8;
pub const E_EXCEPTION: i32 = -11;

/// UTF-8 text, borrowed, not NUL-terminated.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub data: *const u8,
    pub size: u64,
}

impl Str {
    pub const fn of(text: &'static str) -> Str {
        Str { data: text.as_ptr(), size: text.len() as u64 }
    }
    /// The bytes. Safe while the call lasts in which this came.
    pub unsafe fn bytes(&self) -> &[u8] {
        if self.size == 0 {
            return &[];
        }
        std::slice::from_raw_parts(self.data, self.size as usize)
    }
    pub unsafe fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

/// `count` elements of T, each `stride` bytes after the one before.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Span<T> {
    pub data: *const c_void,
    pub count: u64,
    pub stride: u32,
    pub reserved: u32,
    pub of: PhantomData<T>,
}

impl<T> Span<T> {
    pub const fn over(items: &'static [T]) -> Span<T> {
        Span {
            data: items.as_ptr() as *const c_void,
            count: items.len() as u64,
            stride: size_of::<T>() as u32,
            reserved: 0,
            of: PhantomData,
        }
    }
}

/// tenon_call: what is behind the pointer belongs to the host.
#[repr(C)]
pub struct RawCall {
    pub ops: *const CallOps,
}

#[repr(C)]
pub struct CallOps {
    pub struct_size: u32,
    pub reserved: u32,
    pub alloc: unsafe extern "C" fn(*mut RawCall, u64, u64) -> *mut c_void,
    pub fail: unsafe extern "C" fn(*mut RawCall, i32, Str) -> i32,
    pub cancelled: unsafe extern "C" fn(*const RawCall) -> u32,
    pub time_left_ns: unsafe extern "C" fn(*const RawCall) -> u64,
    pub hook: *const c_void,
    pub service: *const c_void,
    pub nested_error: *const c_void,
}

pub type HandlerFn = unsafe extern "C" fn(*mut c_void, *mut RawCall, *const c_void, *mut c_void) -> i32;

#[repr(C)]
pub struct Handler {
    pub contract: Str,
    pub hook: Str,
    pub function: HandlerFn,
}

#[repr(C)]
pub struct ServiceTable {
    pub id: Str,
    pub methods: *const HandlerFn,
    pub method_count: u64,
}

/// tenon_init: not looked into here.
#[repr(C)]
pub struct Init {
    ops: *const c_void,
}

#[repr(C)]
pub struct Lifecycle {
    pub struct_size: u32,
    pub reserved: u32,
    pub create: Option<unsafe extern "C" fn(*mut Init, *mut *mut c_void) -> i32>,
    pub start: Option<unsafe extern "C" fn(*mut c_void, *mut Init) -> i32>,
    pub stop: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    /// installed to restore_state: none of them is used.
    pub others: [*const c_void; 6],
}

#[repr(C)]
pub struct EntryBlock {
    pub magic: u32,
    pub abi_major: u16,
    pub abi_minor_required: u16,
    pub abi_minor_built: u16,
    pub reserved16: u16,
    pub reserved32: u32,
    pub note: *const c_void,
    pub note_size: u64,
    pub lifecycle: *const Lifecycle,
    pub handlers: Span<Handler>,
    pub services: Span<ServiceTable>,
}

// Constant tables of pointers to constants.
unsafe impl Sync for Handler {}
unsafe impl Sync for ServiceTable {}
unsafe impl Sync for Lifecycle {}
unsafe impl Sync for EntryBlock {}

const _: () = assert!(size_of::<*const c_void>() == 8);
const _: () = assert!(size_of::<Str>() == 16 && size_of::<Span<u8>>() == 24);
const _: () = assert!(size_of::<CallOps>() == 64 && size_of::<Lifecycle>() == 88);
const _: () = assert!(size_of::<Handler>() == 40 && size_of::<ServiceTable>() == 32);
const _: () = assert!(size_of::<EntryBlock>() == 88);
