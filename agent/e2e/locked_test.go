package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pigrid/agent/access"
	"pigrid/shared/api"
	"pigrid/shared/household"
)

// owned is an agent that a household has locked.
type owned struct {
	*agent
	key   household.AgentKey
	view  household.ViewPassword
	house household.Key
}

// lockedAgent starts an agent with the test picture and locks it as the app does.
func lockedAgent(t *testing.T, args ...string) *owned {
	t.Helper()
	if !access.Lasting(t.TempDir()) {
		t.Skip("the folder of temporary files does not survive a restart, so no agent in it can be locked")
	}
	o := &owned{agent: start(t, nil, append([]string{"--source", "pattern"}, args...)...), view: household.NewViewPassword(), house: household.NewKey()}
	var hello api.Hello
	if err := json.Unmarshal(o.secure(t, http.MethodGet, api.HelloPath, nil, http.StatusOK), &hello); err != nil {
		t.Fatal(err)
	}
	o.key = o.house.ForAgent(hello.ID, hello.SPKI)
	o.secure(t, http.MethodPost, api.AccessPath, api.Claim{
		Key: o.key, Passwords: []api.ViewPassword{{Name: "phones", Hash: o.view.Hash()}},
	}, http.StatusOK)
	t.Cleanup(func() {
		for _, secret := range []string{o.house.Reveal(), o.view.Reveal(), household.Hash(o.key).Hex(), o.key.Bearer().Hex()} {
			if strings.Contains(o.log.String(), secret) {
				t.Error("a secret is in the log")
			}
		}
	})
	return o
}

// secure sends a request over TLS, with the bearer.
func (o *owned) secure(t *testing.T, method, path string, body any, want int) []byte {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "https://"+o.addr+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+o.key.Bearer().Hex())
	tr := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // its own agent
	answer, err := (&http.Client{Transport: tr, Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	_, _ = text.ReadFrom(answer.Body)
	if answer.StatusCode != want {
		t.Fatalf("%s %s: %s %s", method, path, answer.Status, &text)
	}
	return text.Bytes()
}

// TestProgramsWatchALockedAgent has each program log in as docs/CLIENTS.md says, and
// be refused without.
func TestProgramsWatchALockedAgent(t *testing.T) {
	t.Parallel()
	o := lockedAgent(t)
	in := "http://x:" + o.view.Reveal() + "@" + o.addr
	wrong := "http://x:" + household.NewViewPassword().Reveal() + "@" + o.addr
	ffmpeg := func(url string) []string {
		return []string{"ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-xerror", "-i", url, "-frames:v", "10", "-f", "null", "-"}
	}
	openCV := func(url string) []string { return []string{"/usr/bin/python3", "-c", openCV, url, "1"} }
	curl := func(args ...string) []string {
		return append([]string{"curl", "-sSf", "--max-time", "20", "-o", os.DevNull}, args...)
	}
	for name, test := range map[string]struct {
		args []string
		ok   bool
	}{
		"ffmpeg":                {ffmpeg(in + "/video"), true},
		"ffmpeg, key":           {ffmpeg(o.url + "/video?key=" + o.view.Reveal()), true},
		"ffmpeg, https":         {ffmpeg(strings.Replace(in, "http:", "https:", 1) + "/video"), true},
		"ffmpeg, no password":   {ffmpeg(o.url + "/video"), false},
		"ffmpeg, another":       {ffmpeg(wrong + "/video"), false},
		"OpenCV":                {openCV(in + "/video"), true},
		"OpenCV, no password":   {openCV(o.url + "/video"), false},
		"curl":                  {curl(in + "/snapshot.jpg"), true},
		"curl, key":             {curl(o.url + "/snapshot.jpg?key=" + o.view.Reveal()), true},
		"curl, https":           {curl("-k", strings.Replace(in, "http:", "https:", 1)+"/snapshot.jpg"), true},
		"curl, no password":     {curl(o.url + "/snapshot.jpg"), false},
		"curl, certificate":     {curl(strings.Replace(in, "http:", "https:", 1) + "/snapshot.jpg"), false},
		"curl, no access":       {curl(o.url + api.StatusPath), false},
		"curl, what is open":    {curl(o.url + api.HelloPath), true},
		"curl, HTTP/1.0":        {curl("-0", in+"/snapshot.jpg"), true},
		"curl, HTTP/1.0, https": {curl("-0", "-k", strings.Replace(in, "http:", "https:", 1)+"/snapshot.jpg"), true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			out, err := exec.CommandContext(ctx, test.args[0], test.args[1:]...).CombinedOutput()
			if (err == nil) != test.ok || ctx.Err() != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func TestVLCWatchesALockedAgent(t *testing.T) {
	o := lockedAgent(t)
	if c, said := playVLC(t, "http://x:"+o.view.Reveal()+"@"+o.addr+"/video"); c.Frames < 100 {
		t.Errorf("%+v in %v: %s", c, playTime, said)
	}
}

// TestBrowsersLogIn: a link from the app shows the picture without typing and stays
// logged in; without it there is the login page, not the browser's own question.
func TestBrowsersLogIn(t *testing.T) {
	o := lockedAgent(t, "--name", "Porch")
	page := filepath.Join(t.TempDir(), "page.html")
	embed := fmt.Sprintf(`<!doctype html><title>dashboard</title><img src="%s/video?key=%s">`, o.url, o.view.Reveal())
	if err := os.WriteFile(page, []byte(embed), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, browser := range []string{"Chromium", "Firefox", "WebKit"} {
		for name, url := range map[string]string{
			"the app's link": o.url + "/#v=" + o.view.Reveal(),
			"a dashboard":    "file://" + page,
		} {
			t.Run(browser+", "+name, func(t *testing.T) {
				s := newScreen(t)
				show(t, s, browser, url)
				look(t, s)
			})
		}
	}
}

// What a person sees who has no link: types, is told what is wrong, and watches.
func TestLoginByHand(t *testing.T) {
	t.Parallel()
	o := lockedAgent(t, "--name", "Porch")
	b := openBrowserAs(t, map[string]any{"mobileEmulation": map[string]any{"deviceMetrics": map[string]any{"width": 360, "height": 640, "pixelRatio": 2.0}}})
	b.call(t, http.MethodPost, "/url", map[string]any{"url": o.url + "/"})
	script := func(text string) (value any) {
		b.into(t, &value, http.MethodPost, "/execute/sync", map[string]any{"script": text, "args": []any{}})
		return value
	}
	has := func(what string) func() bool {
		return func() bool { return script(`return !!document.querySelector("`+what+`")`) == true }
	}
	submit := func(password string) {
		script(`document.getElementById("password").value = "` + password + `"; document.querySelector("form").requestSubmit()`)
	}
	eventually(t, "the login page is there", has("form.login"))
	if wide := script(`return document.documentElement.scrollWidth > innerWidth`); wide == true {
		t.Error("the login page is wider than a phone")
	}
	b.save(t, "login")
	submit("wrong")
	eventually(t, "it says that the password is wrong", has("[role=alert]"))
	b.save(t, "login-wrong")
	submit(o.view.Reveal())
	b.frame(t)
	b.call(t, http.MethodPost, "/url", map[string]any{"url": o.url + "/"})
	b.frame(t)
	if text := script(`return document.body.innerText`).(string); !strings.Contains(text, "Locked: only your household") {
		t.Error("the page does not say that it is locked:", text)
	}
	o.secure(t, http.MethodPut, api.PasswordsPath, api.Passwords{
		Passwords: []api.ViewPassword{{Name: "new", Hash: household.NewViewPassword().Hash()}},
	}, http.StatusOK)
	eventually(t, "a password that is gone asks for a login", has("form.login"))
}

// The command at the Pi opens an agent whose household key is lost.
func TestAccessCommands(t *testing.T) {
	o := lockedAgent(t)
	dir := ""
	for i, arg := range o.cmd.Args {
		if arg == "--state-dir" {
			dir = o.cmd.Args[i+1]
		}
	}
	run := func(command string) string {
		out, _ := exec.CommandContext(t.Context(), binary, "--state-dir", dir, "access", command).CombinedOutput()
		return string(out)
	}
	for _, step := range [][2]string{
		{"status", "Locked:"},
		{"passwords", "phones  no end"},
		{"claim", "has an owner already"},
		{"reset", "Open to everyone on the network.\nThe PiGrid app can lock it for the next 1"},
		{"passwords", "No view passwords"},
		{"claim", "can lock it"},
		{"nonsense", "there is no command"},
	} {
		if out := run(step[0]); !strings.Contains(out, step[1]) {
			t.Errorf("access %s: %s", step[0], out)
		}
	}
	get(t, o.url+"/snapshot.jpg?settle=0")
}

// A camera that hangs on its side is shown upright, also when its owner says so while
// the page is open.
func TestThePageTurnsPictures(t *testing.T) {
	t.Parallel()
	o := lockedAgent(t, "--name", "Porch")
	b := openPhone(t)
	b.call(t, http.MethodPost, "/url", map[string]any{"url": o.url + "/#v=" + o.view.Reveal()})
	b.frame(t)
	for _, test := range []struct {
		say  api.Mounting
		want string // the matrix that turns clockwise, then mirrors
	}{
		{api.Mounting{Rotation: 90}, "matrix(0, 1, -1, 0, 0, 0)"},
		{api.Mounting{Rotation: 90, Mirror: true}, "matrix(0, 1, 1, 0, 0, 0)"},
		{api.Mounting{Rotation: 180}, "matrix(-1, 0, 0, -1, 0, 0)"},
		{api.Mounting{Mirror: true}, "matrix(-1, 0, 0, 1, 0, 0)"},
		{api.Mounting{Rotation: 270, Name: "Gate"}, "matrix(0, -1, 1, 0, 0, 0)"},
	} {
		o.secure(t, http.MethodPut, api.CameraPath+"pattern", test.say, http.StatusOK)
		eventually(t, fmt.Sprintf("it is shown as %+v", test.say), func() bool {
			var got string
			b.into(t, &got, http.MethodPost, "/execute/sync", map[string]any{
				"script": `return getComputedStyle(document.querySelector("figure img")).transform`, "args": []any{},
			})
			return got == test.want
		})
		if s := b.look(t); len(s.Cut) > 0 {
			t.Errorf("%+v: cut off: %v", test.say, s.Cut)
		}
		b.save(t, fmt.Sprintf("turned-%d-%v", test.say.Rotation, test.say.Mirror))
	}
	b.call(t, http.MethodPost, "/execute/sync", map[string]any{"script": `document.querySelector("figure .picture").click()`, "args": []any{}})
	eventually(t, "it fills the screen", func() bool { return b.look(t).Fills == "pattern" })
	b.save(t, "turned-alone")
}
