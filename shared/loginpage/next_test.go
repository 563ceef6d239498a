package loginpage

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// TestNext: a browser goes on to a page of this program, whatever stands in the address or
// in the form, and takes no password along.
func TestNext(t *testing.T) {
	for _, tt := range []struct{ target, form, want string }{
		{target: "/?view=Door", want: "/?view=Door"},
		{target: "/cameras/x/video?key=SECRET&fps=5", want: "/cameras/x/video"},
		{target: "//evil.example/?key=SECRET", want: "/"},
		{target: "/login", want: "/"},
		{target: "/login?next=/live", want: "/live"},
		{target: "/login?next=https://evil.example/", want: "/"},
		{target: "/login?next=//evil.example/", want: "/"},
		{target: "/login?next=/%5cevil.example/", want: "/"},
		{target: "/login?next=/a%0d%0ab", want: "/"},
		{target: "/login?next=/login", want: "/"},
		{target: "/login?next=/other", form: "/live", want: "/live"},
		{target: "/login", form: "//evil.example/", want: "/"},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://pi.local"+tt.target, nil)
		if tt.form != "" {
			r.PostForm = url.Values{"next": {tt.form}}
		}
		if got := Next(r); got != tt.want {
			t.Errorf("%s, %q: %q, want %q", tt.target, tt.form, got, tt.want)
		}
	}
}
