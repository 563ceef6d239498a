package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"pigrid/agent/capture/fakecam"
	"pigrid/shared/api"
)

// openPhone starts a browser that is as small as the smallest phone.
func openPhone(t *testing.T) *browser {
	t.Helper()
	return openBrowserAs(t, map[string]any{"mobileEmulation": map[string]any{
		"deviceMetrics": map[string]any{"width": 320, "height": 568, "pixelRatio": 2, "touch": true},
	}})
}

// seen is how a page lies on a screen.
type seen struct {
	// Cut has what reaches beyond the screen's sides, or is cut off in its own box.
	Cut []string
	// Fills is the camera whose picture fills the screen, "" for none.
	Fills string
	// Pictures can be seen, at least in part.
	Pictures int
}

const lookAtPage = `
	const shown = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && !e.closest("[inert]"));
	const box = (e) => e.getBoundingClientRect();
	const fills = document.querySelector("figure.full");
	const whole = (e) => { const b = box(e); return b.left === 0 && b.top === 0 && b.right === innerWidth && b.bottom === innerHeight; };
	return {
		Cut: shown.filter((e) => box(e).width > 0 && (box(e).left < 0 || box(e).right > 320 || e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)).map((e) => e.outerHTML.slice(0, 80)),
		Fills: fills && whole(fills) && box(fills.querySelector("img")).height > innerHeight / 2 ? fills.dataset.camera : "",
		Pictures: [...document.querySelectorAll("img")].filter((e) => !e.closest("[inert]")).length,
	}`

func (b *browser) look(t *testing.T) (s seen) {
	t.Helper()
	b.into(t, &s, http.MethodPost, "/execute/sync", map[string]any{"script": lookAtPage, "args": []any{}})
	return s
}

// save keeps what is on the screen, where the environment says so.
func (b *browser) save(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("PIGRID_KEEP_PICTURES")
	if dir == "" {
		return
	}
	var shot []byte
	if err := json.Unmarshal(b.call(t, http.MethodGet, "/screenshot", nil), &shot); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A phone shows the page whole; a picture that is tapped fills the screen, and
// again all are there.
func TestPageOnAPhone(t *testing.T) {
	t.Parallel()
	env, _ := withCamera(t)
	a := start(t, append(env, fakecam.CamerasEnv+"=2"), "--name", "Behind the greenhouse, next to the shed")
	a.awaitAll(t, "both cameras are found", func(all []api.Camera) bool { return len(all) == 2 })
	b := openPhone(t)
	b.call(t, http.MethodPost, "/url", map[string]any{"url": a.url + "/"})
	script := func(js string) {
		b.call(t, http.MethodPost, "/execute/sync", map[string]any{"script": js, "args": []any{}})
	}
	until := func(what string, ok func(seen) bool) {
		t.Helper()
		var last seen
		defer func() {
			if t.Failed() {
				t.Logf("at last %+v", last)
			}
		}()
		eventually(t, what, func() bool { last = b.look(t); return ok(last) })
	}
	all := func(s seen) bool { return s.Pictures == 2 && s.Fills == "" && len(s.Cut) == 0 }
	one := func(s seen) bool { return s.Pictures == 1 && s.Fills == "imx219" && len(s.Cut) == 0 }
	const tap = `document.querySelector("figure[data-camera=imx219] .picture img").click()`
	eventually(t, "the page is there", func() bool { return b.ready(t) })
	script(`document.querySelector("footer").append(" fd12:3456:789a:bcde:f012:3456:789a:bcde,fd12:3456:789a:bcde:f012:3456:789a:bcdf")`)
	until("all are shown and nothing is cut", all)
	b.save(t, "phone")
	script(`scrollTo(0, document.body.scrollHeight)`)
	b.save(t, "phone-foot")
	script(tap)
	until("the picture that was tapped fills the screen", one)
	b.save(t, "phone-alone")
	script(tap)
	until("all are shown again", all)
	script(tap)
	until("it fills the screen again", one)
	script(`history.back()`)
	until("all are shown on the way back", all)
}

// ready reports whether the page has run its script, and its pictures came.
func (b *browser) ready(t *testing.T) (ok bool) {
	t.Helper()
	b.into(t, &ok, http.MethodPost, "/execute/sync", map[string]any{"script": `return [...document.images].every((e) => e.naturalWidth > 0) && document.querySelector(".facts").textContent.includes("fps")`, "args": []any{}})
	return ok
}
