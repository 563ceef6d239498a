package gridapi

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

func TestShorten(t *testing.T) {
	usual := Camera{Host: "pi", AgentVersion: "1.2.3", Message: strings.Repeat("m", 300), Hint: strings.Repeat("h", 500), Detail: "camera_busy"}
	long := strings.Repeat("漢", 500)
	loud := Camera{Host: long[:300], AgentVersion: long[:300], Message: long, Hint: long, Detail: long, Warning: long + long}
	for name, tt := range map[string]struct{ usual, loud, most int }{
		"none":                 {0, 0, longestText},
		"a large usual wall":   {500, 0, longestText},
		"some loud ones":       {8, 60, longestText},
		"as many as there are": {8, 768, 64},
	} {
		var list []Camera
		for range tt.usual {
			list = append(list, usual)
		}
		for range tt.loud {
			list = append(list, loud)
		}
		shorten(list)
		if sum := sumOf(list, longestText); sum > maxTexts {
			t.Errorf("%s: %d bytes", name, sum)
		}
		for i, c := range list {
			before := loud
			if i < tt.usual {
				before = usual
			}
			for j, text := range c.texts() {
				was := *before.texts()[j]
				if len(was) <= tt.most && *text != was || len(*text) > tt.most || len(*text) < min(len(was), tt.most-8) || !utf8.ValidString(*text) {
					t.Errorf("%s: %.20q… has %d of %d bytes", name, *text, len(*text), len(was))
				}
			}
		}
	}
}

// A neighbour with twelve agents of 64 cameras, whose words changed all the time, sent
// megabytes to the page at each change, and it never painted.
func TestManyLoudCamerasAreToldSeldom(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		var keys []string
		loud := strings.Repeat("漢", 500)
		for i := range 768 {
			keys = append(keys, cameras.Key(fmt.Sprint("loud-", i/64), fmt.Sprint("c", i)))
		}
		d := startDesk(t, remembering(t, keys...), &fakeClient{agent: a, others: func(_ context.Context, id string) (client.Found, error) {
			s := api.Status{API: api.Version, ID: id}
			for _, key := range keys {
				if agent, camera, _ := cameras.SplitKey(key); agent == id {
					s.Cameras = append(s.Cameras, api.Camera{
						ID: camera, Name: "loud", State: api.Failed, Video: "/v", Error: &api.Problem{Code: "x", Message: loud, Hint: loud}, Warning: &api.Problem{Message: loud, Hint: loud},
					})
				}
			}
			return client.Found{Status: s, At: endpoint.HTTP("192.168.1.9:8080")}, nil
		}})
		time.Sleep(2 * time.Second)
		before := len(d.told())
		for i := range 30 {
			d.Roster.Change(keys[0], func(c *cameras.Camera) { c.Width, c.Height = 100+i, 100 })
			time.Sleep(100 * time.Millisecond)
		}
		n := len(d.told()) - before
		if tiles, _ := d.tiles(); tiles < 700 || n == 0 || n > 5 {
			t.Errorf("%d tiles were told %d times in 3 s", tiles, n)
		}
		texts := d.texts()
		if last := texts[len(texts)-1]; len(last) > 1<<20 {
			t.Errorf("a state of %d bytes", len(last))
		}
	})
}
