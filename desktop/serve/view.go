package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"pigrid/desktop/gridapi"
	"pigrid/desktop/serve/config"
	"pigrid/desktop/serve/control"
	"pigrid/desktop/settings"
)

// viewCommand is `view`.
func (p program) viewCommand(within loader) *cobra.Command {
	var remove, focus bool
	cmd := &cobra.Command{
		Use:  "view [NAME [CAMERA]...]",
		Long: "Makes or changes a view: some cameras, in an order, by their names or keys. Browsers\nchoose it at the top of the page, and /?view=NAME shows it. Without a name, lists all.",
	}
	cmd.Flags().BoolVar(&remove, "remove", false, "remove this view, and no camera")
	cmd.Flags().BoolVar(&focus, "focus", false, "one camera large, the others in a strip")
	cmd.RunE = within(func(ctx context.Context, _ config.Config, dir string, args []string) error {
		a, err := control.Call(ctx, dir, "", gridapi.Call{})
		switch {
		case err != nil:
			return err
		case len(args) == 0:
			return p.listViews(*a.State)
		case remove && len(args) == 1:
			return p.removeView(ctx, dir, *a.State, args[0])
		case remove || len(args) == 1:
			return errors.New("say which cameras the view has, or --remove and nothing else; pigrid-serve list shows all cameras")
		}
		v := gridapi.View{Name: args[0]}
		if focus {
			v.Layout = string(settings.Focus)
		}
		for _, wanted := range args[1:] {
			c, err := pick(a.State.Cameras, wanted)
			if err != nil {
				return err
			}
			v.Cameras = append(v.Cameras, c.Key)
		}
		return p.saveView(ctx, dir, *a.State, v)
	})
	return cmd
}

func (p program) listViews(s gridapi.State) error {
	if len(s.Views) == 0 {
		fmt.Fprintln(p.stdout, "There is no view. `pigrid-serve view NAME CAMERA...` makes one.")
	}
	names := map[string]string{}
	for _, c := range s.Cameras {
		names[c.Key] = plain(c.Name)
	}
	for _, v := range s.Views {
		var list []string
		for _, key := range v.Cameras {
			if name, there := names[key]; there {
				list = append(list, name)
			} else {
				list = append(list, key)
			}
		}
		fmt.Fprintf(p.stdout, "%s: %s\n", plain(v.Name), strings.Join(list, ", "))
	}
	return nil
}

// saveView makes a view, or changes the one of that name.
func (p program) saveView(ctx context.Context, dir string, s gridapi.State, v gridapi.View) error {
	old, there := viewCalled(s, v.Name)
	a, err := control.Call(ctx, dir, "saveView", gridapi.Call{View: old.Name, Name: v.Name, Keys: v.Cameras, Layout: v.Layout})
	if err != nil {
		return err
	}
	if _, ok := viewCalled(*a.State, v.Name); !ok && !there {
		return fmt.Errorf("the view was not made: a name has 1 to 255 bytes, and there are %d views at most", settings.MaxViews)
	}
	fmt.Fprintln(p.stdout, "The view is kept. A browser shows it with /?view="+url.QueryEscape(v.Name))
	return nil
}

func (p program) removeView(ctx context.Context, dir string, s gridapi.State, name string) error {
	v, ok := viewCalled(s, name)
	if !ok {
		return fmt.Errorf("there is no view %q; pigrid-serve view lists all", name)
	}
	if _, err := control.Call(ctx, dir, "removeView", gridapi.Call{View: v.Name}); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Removed the view %s\n", plain(v.Name))
	return nil
}

// viewCalled finds a view by its name, in any case.
func viewCalled(s gridapi.State, name string) (gridapi.View, bool) {
	for _, v := range s.Views {
		if strings.EqualFold(v.Name, name) {
			return v, true
		}
	}
	return gridapi.View{}, false
}
