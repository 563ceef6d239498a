// Package targets tells Prometheus which agents there are (http_sd).
package targets

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/netip"
	"slices"

	"pigrid/desktop/roster"
)

// Group is an agent as Prometheus reads it.
type Group struct {
	Targets []string          `json:"targets"` // host:port
	Labels  map[string]string `json:"labels"`
}

// Handler answers with a group for each agent that is shown, with the labels id, name and
// site.
func Handler(agents func() []roster.Agent, site string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(groups(agents(), site))
	})
}

func groups(agents []roster.Agent, site string) []Group {
	list := []Group{}
	for _, a := range agents {
		if at := addressOf(a.Addresses); a.Shown && at != "" {
			list = append(list, Group{[]string{at}, map[string]string{"id": a.ID, "name": a.Name, "site": site}})
		}
	}
	slices.SortFunc(list, func(a, b Group) int { return cmp.Compare(a.Labels["id"], b.Labels["id"]) })
	return list
}

// addressOf is the best address that Prometheus can use, which may not resolve names under
// .local.
func addressOf(all []string) string {
	i := slices.IndexFunc(all, func(at string) bool {
		addr, err := netip.ParseAddrPort(at)
		return err == nil && addr.Addr().Zone() == ""
	})
	if i >= 0 {
		return all[i]
	}
	if len(all) > 0 {
		return all[0]
	}
	return ""
}
