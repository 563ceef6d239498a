package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"pigrid/agent/config"
)

const about = `pigrid-agent serves the cameras of this Raspberry Pi to its network:
open http://THIS-PI:8080/ in a browser, or start the PiGrid app on any computer.

No setting is needed. Each can be given as a flag, as an environment variable
(PIGRID_ and the flag's name in capitals, like PIGRID_MAX_VIEWERS) or in
` + config.DefaultFile + ` (max-viewers = 64). Flags win over the environment,
the environment over the file; [cameras.ID] there speaks of one camera only.`

// helpWidth is how many columns the help may take.
const helpWidth = 80

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
		Use: "pigrid-agent", Long: about, Version: version,
		SilenceUsage: true, SilenceErrors: true,
		Args:                       noArguments,
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetVersionTemplate("pigrid-agent {{.Version}}\n")
	loader := config.NewLoader(root.PersistentFlags())
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := loader.Load(env)
		if err != nil {
			return err
		}
		return serve(cmd.Context(), cfg, env, stderr)
	}
	root.AddCommand(
		&cobra.Command{Use: "run", Long: about, Args: noArguments, RunE: root.RunE},
		&cobra.Command{Use: "version", Long: "Prints the version.", Args: noArguments, Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintln(cmd.OutOrStdout(), "pigrid-agent", version)
		}},
	)
	root.SetUsageFunc(usage)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return loader.FlagError(err) })
	return root
}

// usage prints what can be typed, the same for every command.
func usage(cmd *cobra.Command) error {
	_, err := fmt.Fprintf(cmd.OutOrStderr(), `Usage:
  pigrid-agent [run] [flags]   serve the cameras
  pigrid-agent version         print the version

Flags:
%s`, cmd.Root().PersistentFlags().FlagUsagesWrapped(helpWidth))
	return err
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if args[0] == "true" || args[0] == "false" {
		return fmt.Errorf("%q stands alone; write it behind its flag like this: --mdns=%s", args[0], args[0])
	}
	if names := cmd.Root().SuggestionsFor(args[0]); len(names) > 0 {
		return fmt.Errorf("there is no command %q; did you mean %s?", args[0], names[0])
	}
	return fmt.Errorf("there is no command %q; `pigrid-agent --help` lists what there is", args[0])
}
