//! The link flags that keep plugins apart, as tenon_add_plugin() sets them in CMake. rustc itself exports tenon_entry
//! alone.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-Bsymbolic,-z,now,-z,defs,--build-id");
}
