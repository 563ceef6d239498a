package gridapi

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/engine"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
	"pigrid/shared/endpoint"
	"pigrid/shared/golden"
	"pigrid/shared/mjpeg"
)

var update = flag.Bool("update", false, "write what the page is told to testdata as it is now")

// TestPageContract compares what the page is told of a camera in every state, and
// for every reason that a server can bring about, with testdata/page.txt.
// `go test ./desktop/gridapi -run TestPageContract -update` writes the file; read what
// changed in it.
func TestPageContract(t *testing.T) {
	t.Parallel()
	told := make([]golden.Section, len(situations))
	t.Run("in", func(t *testing.T) {
		for i, s := range situations {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				told[i] = golden.Section{Name: s.name, Text: s.run(t)}
			})
		}
	})
	golden.Compare(t, "testdata/page.txt", *update, told)
}

// situation is an agent that answers in a certain way, and what its tile comes to.
type situation struct {
	name   string
	state  cameras.State
	reason cameras.Reason
	status func(*api.Status) // changes the agent's answer
	stream string            // head of the stream's answer
	again  string            // what is sent again and again after it, nothing for an end
	other  func(*testing.T) any
}

const (
	mixed  = "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=" + mjpeg.Boundary + "\r\n\r\n" + mjpeg.Opening
	refuse = "HTTP/1.1 %s\r\nContent-Type: application/problem+json\r\nRetry-After: 7\r\nConnection: close\r\n\r\n" +
		`{"type":"about:blank","title":"The title","detail":"What happened.","hint":"What to do.","code":"%s"}`
)

var situations = []situation{
	{name: "connecting", state: cameras.Connecting, stream: mixed, again: "\r\n"},
	{name: "live", state: cameras.Live, stream: mixed, again: "PART"},
	{name: "live, not as asked", state: cameras.Live, stream: mixed, again: "PART", status: func(s *api.Status) {
		s.Cameras[0].Warning = &api.Problem{Code: "mode", Message: "The sensor has no such mode.", Hint: "Choose another."}
	}},
	{name: "stalled", state: cameras.Stalled, reason: cameras.ReasonNoFrames, stream: mixed + "PART", again: "\r\n"},
	{name: "hangs up", state: cameras.Offline, reason: cameras.ReasonEnded, stream: mixed + "PARTPART"},
	{name: "hangs up at once", state: cameras.Offline, reason: cameras.ReasonEnded},
	{name: "forbidden", state: cameras.Refused, reason: cameras.ReasonForbidden, stream: fmt.Sprintf(refuse, "403 Forbidden", "")},
	{name: "unauthorized", state: cameras.Refused, reason: cameras.ReasonUnauthorized, stream: fmt.Sprintf(refuse, "401 Unauthorized", "")},
	{name: "wrong host", state: cameras.Refused, reason: cameras.ReasonWrongHost, stream: fmt.Sprintf(refuse, "421 Misdirected Request", "")},
	{name: "too many viewers", state: cameras.CameraError, reason: cameras.ReasonBusy, stream: fmt.Sprintf(refuse, "503 Service Unavailable", api.CodeTooManyViewers)},
	{name: "too many viewers of an old agent", state: cameras.CameraError, reason: cameras.ReasonBusy, stream: fmt.Sprintf(refuse, "503 Service Unavailable", "busy")},
	{name: "too many connections", state: cameras.CameraError, reason: cameras.ReasonCrowded, stream: fmt.Sprintf(refuse, "503 Service Unavailable", api.CodeTooManyConnections)},
	{name: "too many requests", state: cameras.CameraError, reason: cameras.ReasonBusy, stream: fmt.Sprintf(refuse, "429 Too Many Requests", "")},
	{name: "camera failed", state: cameras.CameraError, reason: cameras.ReasonCamera, stream: mixed, again: "\r\n", status: func(s *api.Status) {
		s.Cameras[0].State, s.Cameras[0].Error = api.Failed, &api.Problem{Code: "not_detected", Message: "No camera was found.", Hint: "Check the cable."}
	}},
	{name: "camera refused", state: cameras.CameraError, reason: cameras.ReasonCamera, stream: fmt.Sprintf(refuse, "503 Service Unavailable", "not_detected")},
	{name: "camera gone", state: cameras.CameraError, reason: cameras.ReasonCamera, stream: fmt.Sprintf(refuse, "404 Not Found", "")},
	{name: "no camera", state: cameras.CameraError, reason: cameras.ReasonCamera, status: func(s *api.Status) { s.Cameras = nil }},
	{name: "not a stream", state: cameras.Offline, reason: cameras.ReasonBadStream, stream: "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>Hello"},
	{name: "server error", state: cameras.Offline, reason: cameras.ReasonBadStream, stream: "HTTP/1.1 500 Oops\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
	{name: "picture too large", state: cameras.CameraError, reason: cameras.ReasonTooLarge, stream: mixed, again: "LARGE"},
	{name: "too new", state: cameras.Incompatible, reason: cameras.ReasonTooNew, status: func(s *api.Status) { s.API = 99 }},
	{name: "page alone", other: func(t *testing.T) any { return startDesk(t, "", nil).State() }},
	{name: "paused", other: func(t *testing.T) any {
		a, d := newAgent(t, idA, "Garage", "x"), startDesk(t, "", nil)
		d.search.sighted(a.sighting())
		d.demandNothing()
		d.eventually(t, 30*time.Second, cameras.Key(idA, "x"), cameras.Paused)
		return d.camera(cameras.Key(idA, "x"))
	}},
	{name: "offline, nothing listens", other: func(t *testing.T) any {
		a, d := newAgent(t, idA, "Garage", "x"), startDesk(t, "", nil)
		d.look(t)
		d.search.sighted(a.sighting())
		d.eventually(t, 10*time.Second, cameras.Key(idA, "x"), cameras.Live)
		a.kill()
		eventually(t, 20*time.Second, "refused", func() bool { return d.camera(cameras.Key(idA, "x")).Reason == cameras.ReasonRefused })
		return d.camera(cameras.Key(idA, "x"))
	}},
	{name: "slow", other: func(t *testing.T) any {
		a, d := newAgent(t, idA, "Garage", "x"), startDesk(t, "", nil)
		a.every = time.Second / 2
		d.look(t)
		d.search.sighted(a.sighting())
		d.eventually(t, 30*time.Second, cameras.Key(idA, "x"), cameras.Slow)
		return d.camera(cameras.Key(idA, "x"))
	}},
	{name: "without an agent, live", other: func(t *testing.T) any {
		camera, d := newDoorman(t, ""), startDesk(t, "", nil)
		d.look(t)
		r := d.Add("http://" + camera.addr + "/video")
		d.eventually(t, 10*time.Second, r.Keys[0], cameras.Live)
		return []any{resultOf(r), d.camera(r.Keys[0])}
	}},
	{name: "without an agent, asks for a password", other: typed(func(t *testing.T) string { return "http://" + newDoorman(t, axis).addr + "/video" })},
	{name: "added by address", other: typed(func(t *testing.T) string { return newAgent(t, idA, "Garage", "x").addr })},
	{name: "added, nothing listens", other: typed(func(t *testing.T) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	})},
	{name: "added, no address", other: typed(func(*testing.T) string { return "not an address" })},
	{name: "added, login that cannot be read", other: typed(func(*testing.T) string { return "http://root:a/b@127.0.0.1/" })},
	{name: "added, not local", other: typed(func(*testing.T) string { return "http://8.8.8.8/video" })},
	{name: "searched", other: func(t *testing.T) any {
		d := startDesk(t, "", nil, oneNetwork(nil))
		d.Search()
		eventually(t, 10*time.Second, "all were asked", func() bool { return !d.State().Search.Running })
		return d.State().Search
	}},
	{name: "no network to search", other: func(t *testing.T) any {
		d := startDesk(t, "", nil, oneNetwork(errors.New("the system's words")))
		d.Search()
		return d.State().Search
	}},
}

// typed is how adding an address ends.
func typed(address func(*testing.T) string) func(*testing.T) any {
	return func(t *testing.T) any {
		where := address(t)
		return resultOf(startDesk(t, "", nil).Add(where))
	}
}

// demandNothing is a page that shows no camera.
func (d *desk) demandNothing() { d.Server.look(nil) }

// run brings the situation about and returns what the page is told, without what
// differs from one time to the next.
func (s situation) run(t *testing.T) string {
	if s.other != nil {
		return lasting(t, s.other(t))
	}
	jpeg := string(testJPEG(t))
	large := []byte(jpeg)
	sof := strings.Index(jpeg, "\xFF\xC0")
	copy(large[sof+5:], "\x2E\xE0\x2E\xE0") // 12,000 by 12,000 pixels
	pictures := strings.NewReplacer("PART", partOf(jpeg), "LARGE", partOf(string(large)))
	status := api.Status{API: api.Version, ID: idA, Name: "Garage", Host: "pi", Version: "0.1.0", Cameras: []api.Camera{
		{ID: "x", Name: "Garage", State: api.Live, Width: 640, Height: 480, Framerate: 20, Video: "/cameras/x/video", Snapshot: "/cameras/x/snapshot.jpg"},
	}}
	if s.status != nil {
		s.status(&status)
	}
	words, err := json.Marshal(status)
	if err != nil {
		t.Fatal(err)
	}
	agent := newOdd(t, func(_ int, question string) (string, string) {
		if strings.Contains(question, "/video") {
			return pictures.Replace(s.stream), pictures.Replace(s.again)
		}
		return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + string(words), ""
	})
	d := startDesk(t, "", nil)
	d.look(t)
	sighting := (&fakeAgent{addr: agent.addr, status: status}).sighting()
	d.search.sighted(sighting)
	var shown Camera
	eventually(t, 30*time.Second, s.name, func() bool {
		all := d.State().Cameras
		if len(all) != 1 {
			return false
		}
		shown = all[0]
		return shown.State == s.state && (shown.Reason == s.reason)
	})
	return lasting(t, shown)
}

func partOf(jpeg string) string {
	return string(mjpeg.NewPart([]byte(jpeg), time.Unix(1, 0), false).Standard)
}

var differs = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`"(since|retryAt|lastFrameAt|takenAt)": [1-9]\d+`), `"$1": "TIME"`},
	{regexp.MustCompile(`"(fps|bytesPerSecond|clockAheadMs)": -?[0-9.]+`), `"$1": "NUMBER"`},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`url:[0-9a-f]{16}`), "url:HASH"},
}

// lasting is what is told as JSON, without what differs.
func lasting(t *testing.T, told any) string {
	data, err := json.MarshalIndent(told, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, d := range differs {
		text = d.pattern.ReplaceAllString(text, d.instead)
	}
	return text
}

// oneNetwork is a network on which nobody answers.
func oneNetwork(err error) func(*engine.Config) {
	return func(c *engine.Config) {
		c.Sweeper = &client.Sweeper{
			Links: func() ([]dnssd.Link, error) {
				return []dnssd.Link{{
					Interface: net.Interface{Name: "wlan0", Flags: net.FlagUp | net.FlagRunning},
					Prefixes:  []netip.Prefix{netip.MustParsePrefix("192.168.1.20/29")},
				}}, err
			},
			Ask: func(context.Context, endpoint.Endpoint) (client.Found, error) {
				return client.Found{}, &cameras.Failure{Reason: cameras.ReasonTimeout}
			},
		}
	}
}
