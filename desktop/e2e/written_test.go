//go:build linux

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/gridapi"
)

// written is all that programs wrote or said, by where that was.
type written map[string]string

// has fails for each of these secrets that is somewhere in it, in any way to write it.
func (w written) has(t *testing.T, secrets ...string) {
	t.Helper()
	for where, text := range w {
		text = strings.ToUpper(text)
		for i, s := range secrets {
			if strings.Contains(text, s) || strings.Contains(text, strings.ReplaceAll(s, "-", "")) {
				t.Errorf("secret %d is in %s", i, where)
			}
		}
		if text == "" && strings.HasSuffix(where, "log") {
			t.Errorf("%s is empty", where)
		}
	}
}

// files adds every file below a folder, but for those with one of
// these names, which nobody else may read.
func (w written) files(t *testing.T, whose, dir string, but ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		if slices.Contains(but, e.Name()) {
			if i, err := e.Info(); err != nil || i.Mode().Perm() != 0o600 {
				t.Errorf("others can read %s: %v, %v", e.Name(), i, err)
			}
			return nil
		}
		data, err := os.ReadFile(path)
		w[whose+"'s file "+e.Name()] = e.Name() + string(data)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// processes adds the arguments and the environment of every process on this machine.
func (w written) processes(t *testing.T) {
	t.Helper()
	for _, of := range []string{"cmdline", "environ"} {
		paths, err := filepath.Glob("/proc/[0-9]*/" + of)
		if err != nil || len(paths) == 0 {
			t.Fatal(paths, err)
		}
		for _, path := range paths {
			data, _ := os.ReadFile(path) // it may have ended
			w[of+" of the processes"] += string(data) + "\n"
		}
	}
}

// refusals are an agent's answers to requests with a secret in every place, each of which
// is refused: wrong by a character, for a page that is not there, in a form too long.
func refusals(t *testing.T, a *agent, sheet *gridapi.Sheet) string {
	t.Helper()
	var all bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ask := func(method, path, user, body string) {
		r, err := http.NewRequestWithContext(ctx, method, "http://"+a.addr+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if user != "" {
			r.SetBasicAuth(user, user+"-")
		}
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		fmt.Fprintf(&all, "%s %s %s\n", resp.Status, resp.Header, text)
	}
	for _, secret := range []string{sheet.Key, sheet.Passwords[0].Text, sheet.Passwords[1].Text} {
		ask(http.MethodGet, "/snapshot.jpg?key="+secret+"x", "", "")
		ask(http.MethodGet, "/none?key="+secret, "", "")
		ask(http.MethodGet, "/snapshot.jpg", secret, "")
		ask(http.MethodPost, "/login", "", url.Values{"password": {secret + "x"}}.Encode())
		ask(http.MethodPost, "/login", "", url.Values{"password": {strings.Repeat(secret, 1000)}}.Encode())
		ask(http.MethodPut, "/api/v1/access/key?key="+secret, secret, `{"key":"`+secret+`"}`)
	}
	return all.String()
}

// otherKey is a household key that differs in one character.
func otherKey(key string) string {
	if key[0] == '7' {
		return "8" + key[1:]
	}
	return "7" + key[1:]
}
