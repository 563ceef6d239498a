package config

import (
	"testing"

	"github.com/spf13/cobra"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// load parses args as the agent does: cobra, persistent flags and a command.
func load(t *testing.T, args, env []string) (Config, error) {
	t.Helper()
	var cfg Config
	root := &cobra.Command{Use: "agent", SilenceErrors: true, SilenceUsage: true}
	loader := NewLoader(root.PersistentFlags(), sources())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return loader.FlagError(err) })
	root.AddCommand(&cobra.Command{Use: "run", RunE: func(*cobra.Command, []string) (err error) {
		cfg, err = loader.Load(env)
		return err
	}})
	root.SetArgs(append([]string{"run"}, args...))
	return cfg, root.Execute()
}

// sources are those that this room's tests know.
func sources() []Source {
	return []Source{
		{"auto", "", "all cameras"}, {"rpicam", "", "some"}, {"pattern", "", "a test picture"}, {"exec", "COMMAND", "that writes MJPEG"},
	}
}
