package client

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

const goodStatus = `{"api":1,"id":"0a1b","name":"Küche","host":"pi","version":"0.1.0","started":"2026-03-01T12:00:00.5Z","cameras":[
 {"id":"imx708","name":"Porch","state":"live","width":640,"height":480,"framerate":30,"fps":29.9,"video":"/cameras/imx708/video","snapshot":"/cameras/imx708/snapshot.jpg"},
 {"id":"imx219","name":"","state":"failed","error":{"code":"busy","message":"In use\u0007.","hint":"Close\u202e it."},"warning":{"code":"ai_missing","message":"Without\u0007 it.","hint":"Install it."},"width":-1,"height":99999999,"framerate":1e9,"scaled":[{"width":1},{"width":2}],"video":"/v?fps=2"}]}`

func TestParseStatus(t *testing.T) {
	s, err := ParseStatus([]byte(goodStatus))
	if err != nil {
		t.Fatal(err)
	}
	if s.ID != "0a1b" || s.Name != "Küche" || s.Started != "2026-03-01T12:00:00.5Z" || len(s.Cameras) != 2 {
		t.Fatalf("got %+v", s)
	}
	if c := s.Cameras[0]; c.Video != "/cameras/imx708/video" || c.Framerate != 30 || c.Width != 640 {
		t.Errorf("got %+v", c)
	}
	c := s.Cameras[1]
	if c.Name != "imx219" || c.Width != 0 || c.Height != 0 || c.Framerate != 0 || c.Snapshot != "" || c.Scaled != nil {
		t.Errorf("got %+v", c)
	}
	if *c.Error != (api.Problem{Code: "busy", Message: "In use .", Hint: "Close it."}) {
		t.Errorf("got %+v", *c.Error)
	}
	if *c.Warning != (api.Problem{Code: "ai_missing", Message: "Without it.", Hint: "Install it."}) {
		t.Errorf("got %+v", *c.Warning)
	}
}

func TestParseStatusTrustsPossibleRatesOnly(t *testing.T) {
	for rate, want := range map[string]float64{"0.01": 0.01, "30": 30, "1000": 1000, "0": 0, "-1": 0, "0.009": 0, "1e-300": 0, "1001": 0} {
		s, err := ParseStatus([]byte(`{"api":1,"id":"a","cameras":[{"id":"x","video":"/v","framerate":` + rate + `}]}`))
		if err != nil || len(s.Cameras) != 1 || s.Cameras[0].Framerate != want {
			t.Errorf("%s: %+v, %v", rate, s.Cameras, err)
		}
	}
}

func TestParseStatusLeavesOutBadCameras(t *testing.T) {
	for name, camera := range map[string]string{
		"id":            `{"id":"../x","video":"/v"}`,
		"no id":         `{"video":"/v"}`,
		"other host":    `{"id":"x","video":"//evil.example/v"}`,
		"empty host":    `{"id":"x","video":"///v"}`,
		"URL":           `{"id":"x","video":"http://evil.example/v"}`,
		"relative":      `{"id":"x","video":"v"}`,
		"no path":       `{"id":"x"}`,
		"backslash":     `{"id":"x","video":"/\\evil.example/v"}`,
		"control":       `{"id":"x","video":"/v\r\nHost: evil"}`,
		"fragment":      `{"id":"x","video":"/v#a"}`,
		"long":          `{"id":"x","video":"/` + strings.Repeat("v", 600) + `"}`,
		"bad escape":    `{"id":"x","video":"/%zz"}`,
		"space":         `{"id":"x","video":"/a  b"}`,
		"same id twice": `{"id":"ok","video":"/other"}`,
	} {
		s, err := ParseStatus([]byte(`{"api":1,"id":"a","cameras":[{"id":"ok","video":"/v"},` + camera + `]}`))
		if err != nil || len(s.Cameras) != 1 || s.Cameras[0].Video != "/v" {
			t.Errorf("%s: %+v, %v", name, s.Cameras, err)
		}
	}
}

func TestParseStatusOfAnotherVersion(t *testing.T) {
	s, err := ParseStatus([]byte(`{"api":2,"id":"a","name":"Pi","cameras":{"new":"shape"}}`))
	if err != nil || s.API != 2 || s.Name != "Pi" || len(s.Cameras) != 0 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestParseStatusRefusesOthers(t *testing.T) {
	for _, body := range []string{``, `null`, `[]`, `{}`, `<html>`, `{"api":1}`, `{"api":0,"id":"a"}`, `{"api":1,"id":"A b"}`, `{"api":1,"id":"a","cameras":7}`, `{"api":"1","id":"a"}`} {
		if _, err := ParseStatus([]byte(body)); !errors.Is(err, ErrNotStatus) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestParseStatusCapsCameras(t *testing.T) {
	var list []string
	for i := range 100 {
		list = append(list, `{"id":"c`+strings.Repeat("x", i%60)+string(rune('a'+i/60))+`","video":"/v"}`)
	}
	s, err := ParseStatus([]byte(`{"api":1,"id":"a","cameras":[` + strings.Join(list, ",") + `]}`))
	if err != nil || len(s.Cameras) != maxAgentCameras {
		t.Errorf("%d cameras, %v", len(s.Cameras), err)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "  a \t\n b  ": "a b", "a\x00b": "a b", "a\u202eb": "ab", "\xffa": "a", "Küche ☕": "Küche ☕", "1234567890": "12345678", "1234567 90": "1234567",
	} {
		if got := clean(in, 8); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzParseStatus(f *testing.F) {
	f.Add([]byte(goodStatus))
	f.Add([]byte(`{"api":2,"id":"a","cameras":{"new":"shape"}}`))
	f.Add([]byte(`{"API":1,"Id":"a","cameras":[{"ID":"x","Video":"/%2e%2e//x"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := ParseStatus(body)
		if err != nil {
			return
		}
		checkText(t, s.Name, maxName)
		checkText(t, s.Host, maxName)
		checkText(t, s.Version, maxName)
		if s.API <= 0 || !cameras.ValidID(s.ID) || len(s.Cameras) > maxAgentCameras {
			t.Errorf("got %+v", s)
		}
		for _, c := range s.Cameras {
			checkText(t, c.Name, maxName)
			if _, _, ok := cameras.SplitKey(cameras.Key(s.ID, c.ID)); !ok || !validPath(c.Video) {
				t.Errorf("got %+v", c)
			}
			if c.Error != nil {
				checkText(t, c.Error.Message, maxText)
			}
		}
		out, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParseStatus(out); err != nil || len(again.Cameras) != len(s.Cameras) {
			t.Errorf("not stable: %v", err)
		}
	})
}

func FuzzParseWords(f *testing.F) {
	f.Add([]byte(`{"type":"about:blank","title":"Too many viewers","status":503,"detail":"All 64 are taken.","hint":"Close one.","code":"too_many_viewers"}`))
	f.Add([]byte(`{"title":7}`))
	for _, field := range []string{"code", "title", "detail", "message", "hint"} {
		f.Add([]byte(`{"` + field + `":" a\u0000` + strings.Repeat("ü", maxText) + `"}`))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fail := parseWords(body).failure(503)
		checkText(t, fail.Message, maxText)
		checkText(t, fail.Hint, maxText)
		checkText(t, fail.Detail, maxText)
	})
}

func checkText(t *testing.T, s string, limit int) {
	t.Helper()
	if utf8.RuneCountInString(s) > limit || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || strings.TrimSpace(s) != s {
		t.Errorf("unsafe text %q", s)
	}
}
