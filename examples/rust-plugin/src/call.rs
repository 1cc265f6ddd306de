//! The call that a handler runs in, and the border where errors and panics become statuses.
use std::any::Any;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem::{align_of, size_of};
use std::panic::{catch_unwind, AssertUnwindSafe};

use crate::abi::{RawCall, Span, Str, E_EXCEPTION, E_NO_MEMORY};

/// Why a handler fails: a status below 0, and what to say.
pub struct Failure {
    pub code: i32,
    pub text: String,
}

/// One call, as its handler sees it.
pub struct Call {
    raw: *mut RawCall,
}

impl Call {
    /// A copy of `items` in the call's arena, where replies live.
    unsafe fn place<T: Copy>(&self, items: &[T]) -> Result<*const T, Failure> {
        let size = (items.len() * size_of::<T>()) as u64;
        let to = ((*(*self.raw).ops).alloc)(self.raw, size, align_of::<T>() as u64) as *mut T;
        if to.is_null() {
            return Err(Failure { code: E_NO_MEMORY, text: "out of memory".to_string() });
        }
        std::ptr::copy_nonoverlapping(items.as_ptr(), to, items.len());
        Ok(to)
    }

    pub fn copy(&self, text: &str) -> Result<Str, Failure> {
        if text.is_empty() {
            return Ok(Str { data: std::ptr::null(), size: 0 });
        }
        Ok(Str { data: unsafe { self.place(text.as_bytes())? }, size: text.len() as u64 })
    }

    pub fn span<T: Copy>(&self, items: &[T]) -> Result<Span<T>, Failure> {
        let data = unsafe { self.place(items)? } as *const c_void;
        let stride = size_of::<T>() as u32;
        Ok(Span { data, count: items.len() as u64, stride, reserved: 0, of: PhantomData })
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_string())
}

/// Runs the body of a handler. Nothing unwinds out of a function that C calls.
pub unsafe fn guarded(raw: *mut RawCall, body: impl FnOnce(&Call) -> Result<i32, Failure>) -> i32 {
    let failure = match catch_unwind(AssertUnwindSafe(|| body(&Call { raw }))) {
        Ok(Ok(status)) => return status,
        Ok(Err(failure)) => failure,
        Err(panic) => Failure { code: E_EXCEPTION, text: words_of(&*panic) },
    };
    let text = Str { data: failure.text.as_ptr(), size: failure.text.len() as u64 };
    ((*(*raw).ops).fail)(raw, failure.code, text)
}
