package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

func TestStatus(t *testing.T) {
	s := newSite(t, Config{})
	s.hub.Publish(picture(t, 1, 0), time.Now())
	var got api.Status
	answer := request(t.Context(), t, "GET", s.url+api.StatusPath)
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.API != 1 || got.Name != "Küche" || got.Host != "pi" || got.Version != "test" || len(got.Cameras) != 1 {
		t.Errorf("status is %+v", got)
	}
	c := got.Cameras[0]
	if c.ID != "porch" || c.State != api.Live || c.Width != 64 || c.Height != 48 || c.FrameAgeMS == nil || c.Frames != 1 ||
		c.Video != "/cameras/porch/video" || c.Snapshot != "/cameras/porch/snapshot.jpg" {
		t.Errorf("camera is %+v", c)
	}
}

func TestStatusAndPageSayWhereTheAgentIsAnnounced(t *testing.T) {
	on := []api.Announced{{Interface: "eth0", Addresses: []string{"192.168.1.20", "fe80::1"}}, {Interface: "wlan0", Addresses: []string{"10.0.0.3"}}}
	for _, c := range []struct {
		announced func() []api.Announced
		json      string
		page      string
	}{
		{
			func() []api.Announced { return on },
			`[{"interface":"eth0","addresses":["192.168.1.20","fe80::1"]},{"interface":"wlan0","addresses":["10.0.0.3"]}]`,
			"found by itself on eth0 192.168.1.20 fe80::1, wlan0 10.0.0.3",
		},
		{func() []api.Announced { return nil }, "[]", "not announced at the moment"},
		{nil, "[]", "--mdns=false"},
	} {
		s := newSite(t, Config{Announced: c.announced})
		var got struct{ Announced json.RawMessage }
		if err := json.NewDecoder(request(t.Context(), t, "GET", s.url+api.StatusPath).Body).Decode(&got); err != nil || string(got.Announced) != c.json {
			t.Errorf("announced is %s, %v, want %s", got.Announced, err, c.json)
		}
		page, err := io.ReadAll(request(t.Context(), t, "GET", s.url).Body)
		if words := strings.Join(strings.Fields(string(page)), " "); err != nil || !strings.Contains(words, c.page) {
			t.Errorf("the page lacks %q: %s", c.page, words)
		}
	}
}

func TestSnapshotIsBitExact(t *testing.T) {
	s := newSite(t, Config{})
	want := picture(t, 3, 1234)
	s.hub.Publish(picture(t, 1, 0), time.Now().Add(-2*time.Second))
	s.hub.Publish(want, time.Now())
	for _, path := range []string{"/snapshot.jpg", "/cameras/porch/snapshot.jpg", "/snapshot", "/?action=snapshot"} {
		answer := request(t.Context(), t, "GET", s.url+path)
		body, err := io.ReadAll(answer.Body)
		if err != nil || !bytes.Equal(body, want) || answer.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: %s, %d bytes, %v", path, answer.Status, len(body), err)
		}
	}
}

func TestSnapshotWakesTheCamera(t *testing.T) {
	s := newSite(t, Config{})
	want := picture(t, 5, 0)
	go func() {
		if s.hub.WaitDemand(t.Context()) == nil {
			s.hub.Publish(want, time.Now())
		}
	}()
	body, err := io.ReadAll(request(t.Context(), t, "GET", s.url+"/snapshot.jpg?settle=0").Body)
	if err != nil || !bytes.Equal(body, want) {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

func TestSnapshotWaitsForTheExposure(t *testing.T) {
	s := newSite(t, Config{})
	dark, settled := picture(t, 5, 0), picture(t, 200, 0)
	start := time.Now()
	s.hub.Publish(dark, start)
	got := make(chan []byte, 1)
	go func() {
		body, _ := io.ReadAll(request(t.Context(), t, "GET", s.url+"/snapshot.jpg").Body)
		got <- body
	}()
	eventually(t, "the snapshot is asked for", func() bool { return s.viewers() == 1 || len(got) == 1 })
	s.hub.Publish(settled, start.Add(settleTime))
	if body := <-got; !bytes.Equal(body, settled) {
		t.Error("the snapshot is a frame from before the exposure has settled")
	}
}

func TestBrowsersSeeWhyThereIsNoPicture(t *testing.T) {
	wait := usualPatience()
	wait.placeholder, wait.linger = 20*time.Millisecond, shortLinger
	s := newSiteWith(t, Config{}, wait)
	problem := api.Problem{Code: "busy", Message: "The camera is used by another program."}
	s.hub.SetState(api.Failed, &problem)
	good := picture(t, 1, 0)
	for accept, drawn := range map[string]bool{"image/avif,image/webp,*/*": true, "*/*": false} {
		answer := request(t.Context(), t, "GET", s.url+"/video?advance=0", "Accept", accept)
		r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "joined", func() bool { return s.viewers() == 1 })
		if drawn {
			for range 2 {
				f, err := r.Next()
				if err != nil || !f.Placeholder {
					t.Fatalf("a browser gets %v, %v; want the drawn picture", f.Header, err)
				}
			}
		}
		<-time.After(5 * wait.placeholder) // long enough for a drawing, were one sent
		s.hub.Publish(good, time.Now())
		for {
			f, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if !f.Placeholder {
				if !bytes.Equal(f.JPEG, good) {
					t.Error("the first good frame is not the camera's")
				}
				break
			}
			if !drawn {
				t.Error("a program was sent a drawn picture")
			}
		}
		_ = answer.Body.Close()
		eventually(t, "left", func() bool { return s.viewers() == 0 })
		s.hub.Clear()
		s.hub.SetState(api.Failed, &problem)
	}
}

func TestNoSnapshotSaysWhy(t *testing.T) {
	s := newSite(t, Config{})
	s.hub.SetState(api.Failed, &api.Problem{Code: "busy", Message: "The camera is used by another program.", Hint: "Close it."})
	answer := request(t.Context(), t, "GET", s.url+"/snapshot.jpg")
	var p problem
	if err := json.NewDecoder(answer.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusServiceUnavailable || p.Code != "busy" || p.Detail == "" || p.Hint == "" || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%s %+v", answer.Status, p)
	}
	if ready := request(t.Context(), t, "GET", s.url+"/readyz"); ready.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("ready although every camera failed: %s", ready.Status)
	}
	if alive := request(t.Context(), t, "GET", s.url+"/healthz"); alive.StatusCode != http.StatusOK {
		t.Errorf("not alive: %s", alive.Status)
	}
}

func TestPageShowsEveryCamera(t *testing.T) {
	s := newSite(t, Config{})
	s.hub.SetState(api.Failed, &api.Problem{Message: `<script>alert("x")</script>`})
	answer := request(t.Context(), t, "GET", s.url+"/")
	body, _ := io.ReadAll(answer.Body)
	page := string(body)
	for _, want := range []string{`src="/cameras/porch/video"`, "Küche", "Porch", "Open to everyone on your network", `href="/cameras/porch/snapshot.jpg"`} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(page, "<script>alert") {
		t.Error("words of a program became markup")
	}
	for _, name := range []string{"page.css", "page.js", "icon.svg"} {
		if a := request(t.Context(), t, "GET", s.url+"/assets/"+name); a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") == "" {
			t.Errorf("%s: %s", name, a.Status)
		}
	}
}

func TestRequestsRightAfterTheStartSeeTheCameras(t *testing.T) {
	s := newSite(t, Config{})
	s.cfg.Cameras.Remove("porch")
	late := frames.NewHub(frames.Camera{ID: "late", Name: "Late"})
	answered := make(chan []byte, 1)
	go func() {
		body, _ := io.ReadAll(request(t.Context(), t, "GET", s.url+api.StatusPath).Body)
		answered <- body
	}()
	select {
	case body := <-answered:
		t.Fatalf("answered before the cameras were known: %s", body)
	case <-time.After(200 * time.Millisecond):
	}
	s.cfg.Cameras.Add(late)
	if body := <-answered; !strings.Contains(string(body), `"id":"late"`) {
		t.Errorf("the status does not wait for the first camera: %s", body)
	}
}
