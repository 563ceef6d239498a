package roster

import (
	"slices"
	"testing"

	"go.uber.org/goleak"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	idA = "11111111-aaaa-4aaa-8aaa-111111111111"
	idB = "22222222-bbbb-4bbb-8bbb-222222222222"
)

func status(id string, cams ...api.Camera) api.Status {
	return api.Status{API: api.Version, ID: id, Name: "Pi", Host: "pi", Version: "1.0", Cameras: cams}
}

func cam(id, name string) api.Camera {
	return api.Camera{ID: id, Name: name, State: api.Idle, Video: "/cameras/" + id + "/video", Width: 640, Height: 480, Framerate: 30}
}

func keys(list []cameras.Camera) []string {
	var k []string
	for _, c := range list {
		k = append(k, c.Key)
	}
	return k
}

func TestMergeByKey(t *testing.T) {
	r := newRegistry()
	r.merge(Answer{Status: status(idA, cam("imx708", "Porch")), Addresses: []string{"192.168.1.2:8080"}})
	r.merge(Answer{Status: status(idB, cam("imx708", "Bench")), Addresses: []string{"192.168.1.3:8080"}})
	r.merge(Answer{Status: status(idA, cam("imx708", "Porch 2")), Addresses: []string{"192.168.1.9:8080"}, Added: true})

	if got, want := keys(r.list()), []string{cameras.Key(idB, "imx708"), cameras.Key(idA, "imx708")}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	c, _ := r.get(cameras.Key(idA, "imx708"))
	if c.Name != "Porch 2" || c.Addresses[0] != "192.168.1.9:8080" || !c.Added || c.Host != "pi" || c.Width != 640 || c.Framerate != 30 {
		t.Errorf("got %+v", c)
	}
	r.merge(Answer{Status: status(idA, cam("imx708", "Porch 2"))})
	if c, _ := r.get(cameras.Key(idA, "imx708")); !c.Added {
		t.Error("an answer that was not asked for by a person undid that one was")
	}
}

func TestCamerasNeverDisappearByThemselves(t *testing.T) {
	r := newRegistry()
	r.merge(Answer{Status: status(idA, cam("imx708", "a"), cam("imx219", "b"))})
	r.merge(Answer{Status: status(idA, cam("imx708", "a"))})
	gone, _ := r.get(cameras.Key(idA, "imx219"))
	stays, _ := r.get(cameras.Key(idA, "imx708"))
	if !gone.Missing || stays.Missing {
		t.Errorf("missing: %v and %v", gone.Missing, stays.Missing)
	}
	r.merge(Answer{Status: status(idA)})
	if len(r.list()) != 2 {
		t.Errorf("an empty list took cameras away: %v", keys(r.list()))
	}
	r.merge(Answer{Status: status(idA, cam("imx708", "a"), cam("imx219", "b"))})
	if back, _ := r.get(cameras.Key(idA, "imx219")); back.Missing {
		t.Error("a camera that is back stays missing")
	}
}

func TestAgentWithoutCamerasHasATile(t *testing.T) {
	r := newRegistry()
	list, _ := r.merge(Answer{Status: status(idA)})
	if len(list) != 1 || list[0].ID != cameras.StandIn || list[0].Name != "Pi" || list[0].State != api.Failed {
		t.Fatalf("got %+v", list)
	}
	list, _ = r.merge(Answer{Status: status(idA, cam("imx708", "Porch"))})
	if len(list) != 1 || list[0].ID != "imx708" {
		t.Errorf("the stand-in stayed: %v", keys(list))
	}
}

func TestForget(t *testing.T) {
	r := newRegistry()
	r.merge(Answer{Status: status(idA, cam("x", "a"), cam("y", "b"))})
	r.merge(Answer{Status: status(idB, cam("x", "c"), cam("y", "d")), Added: true})
	if got := r.forget(cameras.Key(idA, "x")); !slices.Equal(got, []string{cameras.Key(idA, "x")}) {
		t.Errorf("discovered: %v", got)
	}
	if got := r.forget(cameras.Key(idB, "y")); !slices.Equal(got, []string{cameras.Key(idB, "x"), cameras.Key(idB, "y")}) {
		t.Errorf("added: %v", got)
	}
	if got := r.forget("agent:nobody/x"); got != nil {
		t.Errorf("unknown: %v", got)
	}
	if got := keys(r.list()); !slices.Equal(got, []string{cameras.Key(idA, "y")}) {
		t.Errorf("left: %v", got)
	}
}

func TestRememberedCameras(t *testing.T) {
	r := newRegistry(cameras.Camera{Key: cameras.Key(idA, "x"), Name: "Porch", Width: 4, Height: 3}, cameras.Camera{Key: "nonsense"}, cameras.Camera{Key: "agent:../x"})
	list := r.list()
	if len(list) != 1 || list[0].Agent != idA || list[0].ID != "x" || list[0].Name != "Porch" {
		t.Fatalf("got %+v", list)
	}
	if c, _ := r.get(cameras.Key(idA, "x")); c.Width != 4 || c.Height != 3 {
		t.Errorf("size %dx%d", c.Width, c.Height)
	}
}
