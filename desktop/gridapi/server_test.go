package gridapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pigrid/desktop/cameras"
)

// FuzzQuestion: whatever the page asks, few and valid keys are looked up.
func FuzzQuestion(f *testing.F) {
	f.Add(`{"state":7,"want":[{"key":"agent:a-1/imx708","seq":0,"fps":0},{"key":"url:0123456789abcdef","seq":77}]}`)
	f.Add(`{"want":[{"key":"agent:a/../b","seq":1}]}`)
	f.Add(`{"want":[{"key":"agent:A/b","seq":1},{"key":"url:x"}]}`)
	f.Add(`{"want":[{"seq":18446744073709551616}]}`)
	f.Add(`{"want":null,"state":-1}`)
	f.Add(`{"want":[{"key":"agent:a/x","fps":-1}]}`)
	f.Add(`{"want":[{"key":"agent:a/x","fps":1e-300}]}`)
	f.Add(`{"want":[{"key":"agent:a/x","fps":1e300}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		w := httptest.NewRecorder()
		var q Question
		if !readJSON(w, httptest.NewRequest(http.MethodPost, "/frames", strings.NewReader(body)), maxQuestion, &q) {
			if w.Code != http.StatusBadRequest {
				t.Errorf("answered %d", w.Code)
			}
			return
		}
		if q.check() != nil {
			return
		}
		if len(q.Want) > maxWants {
			t.Errorf("%d wants", len(q.Want))
		}
		for _, w := range q.Want {
			if !cameras.ValidKey(w.Key) || w.FPS != 0 && w.FPS < 0.1 || w.FPS > 120 {
				t.Errorf("key %q", w.Key)
			}
		}
	})
}
