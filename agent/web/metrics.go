package web

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"pigrid/shared/api"
)

// metrics answers GET /metrics in the text format of Prometheus, version 0.0.4:
// what the status says of every camera, and what the program itself uses.
func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	id := s.cfg.Identity
	metrics.WriteGaugeUint64(w, fmt.Sprintf(`pigrid_agent_info{id="%s",name="%s",version="%s"}`, id.ID, labelValue(s.name()), labelValue(s.cfg.Version)), 1)
	for _, c := range s.cameras(time.Now()) {
		writeCameraMetrics(w, c)
	}
	metrics.WriteProcessMetrics(w)
}

func writeCameraMetrics(w io.Writer, c api.Camera) {
	of := func(name string) string { return fmt.Sprintf(`pigrid_camera_%s{camera="%s"}`, name, c.ID) }
	for _, state := range []api.State{api.Idle, api.Starting, api.Live, api.Stalled, api.Failed} {
		is := uint64(0)
		if c.State == state {
			is = 1
		}
		metrics.WriteGaugeUint64(w, fmt.Sprintf(`pigrid_camera_state{camera="%s",state="%s"}`, c.ID, state), is)
	}
	metrics.WriteGaugeUint64(w, of("viewers"), uint64(c.Viewers))
	metrics.WriteGaugeFloat64(w, of("fps"), c.FPS)
	if c.FrameAgeMS != nil {
		metrics.WriteGaugeFloat64(w, of("frame_age_seconds"), float64(*c.FrameAgeMS)/1000)
	}
	metrics.WriteCounterUint64(w, of("frames_total"), c.Frames)
	metrics.WriteCounterUint64(w, of("skipped_frames_total"), c.Skipped)
	metrics.WriteCounterUint64(w, of("restarts_total"), c.Restarts)
}

// labelValue writes text as it may stand between the quotes of a label. Go's %q
// escapes what Prometheus does not undo, and it refuses all that is not UTF-8.
func labelValue(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(text, "\uFFFD"))
}
