package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// agentBinary is the agent under test, built once.
var agentBinary string

// TestMain is also the source and the two other servers: the test binary runs
// itself with their names.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		role, known := map[string]func([]string) error{"replay": replay, "floor": floor, "naive": naive}[os.Args[1]]
		if known {
			if err := role(os.Args[2:]); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	if os.Getenv("PIGRID_BENCH") == "" {
		fmt.Println("skipped: agent/bench runs with PIGRID_BENCH=1, as in `make bench`")
		return
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pigrid-bench")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	agentBinary = filepath.Join(dir, "pigrid-agent")
	build := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", agentBinary, "pigrid/agent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Printf("the agent does not build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
