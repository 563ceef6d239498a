package targets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"pigrid/desktop/roster"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTargets(t *testing.T) {
	agents := []roster.Agent{
		{ID: "b", Name: "Porch \"x\"", Shown: true, Addresses: []string{"porch.local:8080", "[fe80::1%eth0]:8080", "192.168.1.20:8080"}},
		{ID: "a", Name: "Garage", Shown: true, Addresses: []string{"garage.local:8080"}},
		{ID: "c", Name: "heard of only", Addresses: []string{"192.168.1.21:8080"}},
		{ID: "d", Name: "nowhere", Shown: true},
	}
	ask := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		Handler(func() []roster.Agent { return agents }, "home").ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/prometheus/targets", nil))
		return w
	}
	w := ask()
	const want = `[{"targets":["garage.local:8080"],"labels":{"id":"a","name":"Garage","site":"home"}},` +
		`{"targets":["192.168.1.20:8080"],"labels":{"id":"b","name":"Porch \"x\"","site":"home"}}]`
	if got := strings.TrimSpace(w.Body.String()); got != want || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("got %s, %v", got, w.Header())
	}
	agents = nil
	if got := strings.TrimSpace(ask().Body.String()); got != "[]" {
		t.Errorf("without agents: %s", got)
	}
}
