// Command pigrid-agent serves the cameras of a Raspberry Pi to its network.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"pigrid/agent/config"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := execute(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "pigrid-agent: %v\n", err)
		os.Exit(1)
	}
}

// execute runs the command line until it is done or ctx ends. Its error is one
// sentence for a person.
func execute(ctx context.Context, args, env []string, stdout, stderr io.Writer) error {
	root := command(env, stderr)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return root.ExecuteContext(ctx)
}

// command builds the command line: `pigrid-agent [run] [flags]` and `version`.
func command(env []string, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "pigrid-agent",
		Short: "Serves the cameras of this Raspberry Pi to its network",
		Long: `pigrid-agent serves the cameras of this Raspberry Pi to its network:
open http://THIS-PI:8080/ in a browser, or start the PiGrid app on any computer.
No setting is needed. Each can be given as a flag, as an environment variable
(PIGRID_ and the flag's name in capitals, like PIGRID_MAX_VIEWERS) or in
` + config.DefaultFile + ` (max-viewers = 64); flags win.`,
		SilenceUsage: true, SilenceErrors: true,
		Args:              noArguments,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Version:           version,
	}
	root.SetVersionTemplate("pigrid-agent {{.Version}}\n")
	loader := config.NewLoader(root.PersistentFlags())
	run := func(cmd *cobra.Command, _ []string) error {
		cfg, err := loader.Load(env)
		if err != nil {
			return err
		}
		return serve(cmd.Context(), cfg, stderr)
	}
	root.RunE = run
	root.AddCommand(
		&cobra.Command{Use: "run", Short: "Serve the cameras (what happens without a command)", Args: noArguments, RunE: run},
		&cobra.Command{Use: "version", Short: "Print the version", Args: noArguments, Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintln(cmd.OutOrStdout(), "pigrid-agent", version)
		}},
	)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w; `pigrid-agent --help` lists what there is", err)
	})
	return root
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("there is no command %q; `pigrid-agent --help` lists what there is", args[0])
}
