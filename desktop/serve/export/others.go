package export

import (
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// passwordFile is where Prometheus reads the view password: it knows no variables.
const passwordFile = "/etc/prometheus/pigrid-password"

func replaced(note, variable string) string { return strings.ReplaceAll(note, "%VAR%", variable) }

// homeAssistant is typed: there is no file for this integration.
func homeAssistant(w io.Writer, s Source) error {
	var b strings.Builder
	b.WriteString("For each camera: Settings > Devices & services > Add integration > MJPEG IP Camera. Untried.\n")
	for _, c := range s.Cameras {
		fmt.Fprintf(&b, "\nName             %s\nMJPEG URL        http://%s%s\nStill image URL  http://%s%s\n", plain(c.Name), s.Address, c.Video, s.Address, c.Still)
		if s.Login {
			b.WriteString("Username         x\nPassword         ${PIGRID_PASSWORD}, which sudo pigrid-serve password prints\nAuthentication   basic\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// prometheus asks pigrid-serve where the agents are, and the agents how they are.
func prometheus(w io.Writer, s Source) error {
	discovery := new(table).with("url", "", text("http://"+s.Address+"/prometheus/targets"))
	note := "Part of prometheus.yml, by pigrid-serve. New agents are found without another export."
	if s.Login {
		login := new(table).with("username", "", text("x")).with("password_file", "", text(passwordFile))
		discovery.with("basic_auth", "", &login.node)
		note += "\nsudo pigrid-serve password | sudo install -m 0640 -g prometheus /dev/stdin " + passwordFile
	}
	note += "\nAgents that are locked want a login of their own, see docs/CLIENTS.md."
	job := new(table).with("job_name", "", text("pigrid")).with("http_sd_configs", "", list(&discovery.node))
	return writeYAML(w, note, new(table).with("scrape_configs", "", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{&job.node}}))
}

// caddy puts TLS in front.
func caddy(w io.Writer, s Source) error {
	_, err := fmt.Fprintf(w, `# Caddyfile, by pigrid-serve, for a Caddy on the same machine. Set PIGRID_SITE to the name
# that browsers will use. These lines of /etc/pigrid/serve.toml accept that name, and say
# that Caddy speaks for others:
#   allow-host = ["cameras.example.org"]
#   trust-proxy = ["%s"]
{$PIGRID_SITE:cameras.example.org} {
	reverse_proxy %s {
		# Pictures are passed on as they come.
		flush_interval -1
	}
}
`, s.proxyAt(), s.Address)
	return err
}
