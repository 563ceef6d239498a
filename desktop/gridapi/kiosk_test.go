package gridapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestAKioskChangesNothing, whatever its page sends.
func TestAKioskChangesNothing(t *testing.T) {
	d := startDesk(t, "", nil)
	post := func(command string) int {
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/call/"+command, strings.NewReader("{}")))
		return w.Code
	}
	if code := post("forget"); code != http.StatusOK {
		t.Errorf("in a window: %d", code)
	}
	d.Kiosk()
	for command, want := range map[string]int{
		"forget": 403, "forgetAgent": 403, "hide": 403, "add": 403, "lock": 403, "sheet": 403, "leave": 403, "release": 403,
		"importSettings": 403, "setAppearance": 403, "mount": 403, "move": 403, "saveAs": 403, "snapshot": 403, "none": 403,
		"retry": 200,
	} {
		if code := post(command); code != want {
			t.Errorf("%s: %d, want %d", command, code, want)
		}
	}
	if !d.State().Kiosk {
		t.Error("the page does not know")
	}
}

// TestAPageThatStandsStill is noticed after 30 s, and one that never started after 90.
func TestAPageThatStandsStill(t *testing.T) {
	for name, tt := range map[string]struct {
		asks []time.Duration // after so long
		want time.Duration
	}{
		"never asks":     {nil, 90 * time.Second},
		"stops at once":  {[]time.Duration{5 * time.Second}, 35 * time.Second},
		"slow and stops": {[]time.Duration{80 * time.Second, 29 * time.Second, 29 * time.Second}, 168 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &Server{kiosk: &kiosk{}}
				go func() {
					for _, after := range tt.asks {
						time.Sleep(after + stillLook/2)
						s.noteAsked()
					}
				}()
				begin := time.Now()
				if !s.StandsStill(t.Context()) {
					t.Fatal("it does not stand still")
				}
				if took := time.Since(begin); took < tt.want || took > tt.want+3*stillLook {
					t.Errorf("noticed after %v, want %v", took, tt.want)
				}
			})
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if (&Server{kiosk: &kiosk{}}).StandsStill(ctx) {
		t.Error("at the end of the program, too")
	}
}
