// Package loginpage has what the login pages of the agent and of pigrid-serve share.
package loginpage

import (
	"net/http"
	"strings"
)

// Path is where the login page is.
const Path = "/login"

// Next returns the page that a browser wanted to see when it was sent to the login, always
// one of this program. Passwords in the address do not go on. The form of r, if r has one,
// has been read already, with a limit.
func Next(r *http.Request) string {
	if r.URL.Path != Path {
		if r.URL.Query().Has("key") {
			return Local(r.URL.Path)
		}
		return Local(r.URL.RequestURI())
	}
	if r.PostForm != nil {
		return Local(r.PostForm.Get("next"))
	}
	return Local(r.URL.Query().Get("next"))
}

// Local returns path if it stays on this program, else "/".
func Local(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") || strings.HasPrefix(path, Path) {
		return "/"
	}
	return path
}
