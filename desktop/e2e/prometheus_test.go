//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const prometheusConfig = `
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
scrape_configs:
  - job_name: pigrid
    http_sd_configs:
      - url: http://127.0.0.1:%s/prometheus/targets
        refresh_interval: 2s
        basic_auth: {username: x, password: %s}
`

// TestRules: promtool finds the rules right.
func TestRules(t *testing.T) {
	for _, args := range [][]string{{"check", "rules", "rules.yml"}, {"test", "rules", "rules_test.yml"}} {
		cmd := exec.Command("promtool", args...)
		cmd.Dir = "../../docs/prometheus"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}

// TestPrometheus finds an agent by pigrid-serve, and alerts when it ends.
func TestPrometheus(t *testing.T) {
	port := freePort(t)
	agent := func() *process {
		cmd := exec.Command(agentProgram, "--source", "pattern", "--listen", "127.0.0.1:"+port, "--state-dir", t.TempDir(), "--name", "Garage")
		cmd.Env = append(os.Environ(), "PIGRID_MDNS=false")
		return startProcess(t, cmd)
	}
	first := agent()
	s := startServe(t, nil, "--site", "home")
	until(t, 20*time.Second, "the agent answers", func() bool {
		answer, err := http.Get("http://127.0.0.1:" + port + "/healthz")
		return err == nil && answer.Body.Close() == nil
	})
	s.do(t, "add", "127.0.0.1:"+port)
	at := startPrometheus(t, s)
	until(t, 30*time.Second, "it is up", func() bool {
		return strings.Contains(query(t, at, `up{name="Garage",site="home"}`), `"1"]`)
	})
	if got := query(t, at, `pigrid_agent_info{site="home"}`); !strings.Contains(got, `"exported_name":"Garage"`) {
		t.Errorf("its metrics: %s", got)
	}
	first.kill()
	firing := `ALERTS{alertname="PigridOffline",alertstate="firing",name="Garage"}`
	until(t, 30*time.Second, "an alert fires", func() bool { return strings.Contains(query(t, at, firing), "Garage") })
	agent()
	until(t, 30*time.Second, "the alert ends", func() bool { return query(t, at, firing) == "[]" })
}

// startPrometheus reads the agents from a pigrid-serve, with rules that wait for seconds
// in place of minutes.
func startPrometheus(t *testing.T, s *serve) (at string) {
	t.Helper()
	dir, port := t.TempDir(), freePort(t)
	rules, err := os.ReadFile("../../docs/prometheus/rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"prometheus.yml": fmt.Sprintf(prometheusConfig, s.port, s.password),
		"rules.yml":      strings.ReplaceAll(string(rules), "for: 2m", "for: 2s"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:"+port)
	startProcess(t, cmd)
	return "http://127.0.0.1:" + port
}

// query asks Prometheus, which may not be there yet.
func query(t *testing.T, at, expression string) string {
	t.Helper()
	answer, err := http.Get(at + "/api/v1/query?query=" + url.QueryEscape(expression))
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	var got struct {
		Data struct{ Result json.RawMessage }
	}
	if json.NewDecoder(answer.Body).Decode(&got) != nil {
		return ""
	}
	return string(got.Data.Result)
}
