package web

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"pigrid/agent/identity"
	"pigrid/shared/api"
)

func TestMetrics(t *testing.T) {
	s := newSite(t, Config{})
	s.cfg.Identity = identity.Identity{ID: "f1", Name: "Küche \"\\ o\xffben"}
	lines := func() string {
		t.Helper()
		answer := request(t.Context(), t, "GET", s.url+"/metrics")
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/plain; version=0.0.4") {
			t.Fatalf("%s, %v: %v", answer.Status, err, answer.Header)
		}
		return "\n" + string(body)
	}
	check := func(got string, wants ...string) {
		t.Helper()
		for _, want := range wants {
			if !strings.Contains(got, "\n"+want+"\n") {
				t.Errorf("no %s in %s", want, got)
			}
		}
	}
	asleep := lines()
	check(asleep, `pigrid_agent_info{id="f1",name="Küche \"\\ o�ben",version="test"} 1`, `pigrid_camera_state{camera="porch",state="idle"} 1`,
		`pigrid_camera_state{camera="porch",state="live"} 0`, `pigrid_camera_frames_total{camera="porch"} 0`)
	if strings.Contains(asleep, "frame_age") || !strings.Contains(asleep, "\nprocess_resident_memory_bytes ") {
		t.Errorf("a camera that sleeps: %s", asleep)
	}

	v := s.hub.Join(t.Context(), 0)
	defer v.Leave()
	s.hub.Publish(picture(t, 1, 0), time.Now().Add(-time.Hour))
	s.hub.CountRestart()
	live := lines()
	check(live, `pigrid_camera_state{camera="porch",state="idle"} 0`, `pigrid_camera_state{camera="porch",state="live"} 1`,
		`pigrid_camera_viewers{camera="porch"} 1`, `pigrid_camera_frames_total{camera="porch"} 1`,
		`pigrid_camera_restarts_total{camera="porch"} 1`, `pigrid_camera_skipped_frames_total{camera="porch"} 0`)
	if !strings.Contains(live, `pigrid_camera_frame_age_seconds{camera="porch"} 360`) || !strings.Contains(live, `pigrid_camera_fps{camera="porch"} `) {
		t.Errorf("age or rate is missing: %s", live)
	}
	s.hub.SetState(api.Failed, nil)
	check(lines(), `pigrid_camera_state{camera="porch",state="failed"} 1`)
}
