package gridapi

import (
	"strings"
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

// TestHeard: who answers, who does not and why, and what a person sent away.
func TestHeard(t *testing.T) {
	t.Parallel()
	garage, gone := newAgent(t, idA, "Garage", "x"), newAgent(t, idB, "Gone", "x")
	away := newAgent(t, strings.Replace(idB, "2", "3", 1), "Away", "x", "y")
	d := startDesk(t, "", nil)
	d.look(t)
	d.live(t, garage, gone, away)
	gone.kill()
	d.eventually(t, 20*time.Second, cameras.Key(idB, "x"), cameras.Offline)
	d.call(t, "forgetAgent", Call{Key: cameras.Key(away.status.ID, "x")})
	eventually(t, 20*time.Second, "its agent says why", func() bool {
		h := d.call(t, "heard", Call{}).Heard
		return len(h.Agents) == 2 && h.Agents[0].Reason != ""
	})
	h := d.call(t, "heard", Call{}).Heard
	if one := h.Agents[0]; one.Answers || one.Name != "Gone" || one.Address != gone.addr || one.Cameras != 1 || one.Detail == "" {
		t.Errorf("got %+v", one)
	}
	if one := h.Agents[1]; !one.Answers || one.Name != "Garage" || one.Address != garage.addr || one.Reason != "" {
		t.Errorf("got %+v", one)
	}
	if h.Forgotten != 1 || h.Declined != 0 {
		t.Errorf("%d forgotten, %d declined", h.Forgotten, h.Declined)
	}
	if a := d.call(t, "retry", Call{}); a.Heard != nil {
		t.Errorf("another command got %+v", a.Heard)
	}
}
