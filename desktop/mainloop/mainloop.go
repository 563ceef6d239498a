//go:build linux

// Package mainloop makes what Wails asks of WebKit happen on the thread of GTK's main
// loop. WebKitGTK may be used there only. Wails v2 answers requests of the page on other
// threads, which crashes the app now and then: a wall makes hundreds of requests a
// second. Importing the package is enough: the linker leads the calls here.
//
// See https://github.com/wailsapp/wails/issues/5631, which mends it in Wails v3 only.
package mainloop

/*
#cgo pkg-config: webkit2gtk-4.1
#cgo LDFLAGS: -Wl,--wrap=g_object_ref -Wl,--wrap=g_object_unref
#cgo LDFLAGS: -Wl,--wrap=webkit_uri_scheme_request_get_uri -Wl,--wrap=webkit_uri_scheme_request_get_http_method
#cgo LDFLAGS: -Wl,--wrap=webkit_uri_scheme_request_get_http_headers -Wl,--wrap=webkit_uri_scheme_request_get_http_body
#cgo LDFLAGS: -Wl,--wrap=webkit_uri_scheme_request_finish_with_response -Wl,--wrap=webkit_uri_scheme_request_finish_error

#include <stdint.h>
extern uint64_t pigrid_led(void);
*/
import "C"

// Led returns how many calls of other threads were led to the loop. It is 0 in a window
// that has answered something when the linker did not do its part.
func Led() uint64 { return uint64(C.pigrid_led()) }
