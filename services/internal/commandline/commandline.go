// Package commandline is what every command line of rasoat has in common: how it refuses a line that it does not
// understand. A refusal is in Vietnamese and English, says which word was wrong, offers the nearest right one, and
// names the help to read.
//
// The one rule a reader must not miss: the value of a flag is never printed back. It may be a name or an ID number.
package commandline

import (
	"errors"
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Dress gives a tree of commands one way to refuse. It is called once, when the tree is complete.
func Dress(root *cobra.Command) {
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(badFlag)
	Each(root, func(c *cobra.Command) {
		if c.HasSubCommands() {
			dressParent(c)
			return
		}
		if run := c.RunE; run != nil {
			c.RunE = func(c *cobra.Command, args []string) error {
				if err := outputsFree(c); err != nil {
					return err
				}
				return run(c, args)
			}
		}
		if valid := c.Args; valid != nil {
			c.Args = func(c *cobra.Command, args []string) error { return badArgs(c, valid(c, args)) }
		}
	})
	root.SetHelpCommand(helpCommand())
}

// Each visits a command and all below it.
func Each(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		Each(sub, visit)
	}
}

// Usage is an error in a command line; it names the help to read.
func Usage(c *cobra.Command, vi, en string) error {
	return fault.New(fault.Invalid, c.CommandPath(), vi+" (xem "+c.CommandPath()+" --help)", en+" (see "+c.CommandPath()+" --help)")
}

// dressParent has a command that does nothing by itself name the commands below it. The root shows its help.
func dressParent(c *cobra.Command) {
	own := c.RunE
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) > 0:
			return unknown(c, args[0])
		case own != nil:
			return own(c, args)
		case !c.HasParent():
			return c.Help()
		}
		list := strings.Join(below(c), ", ")
		return Usage(c, "Ghi rõ một trong: "+list, "Say which: "+list)
	}
}

// below are the names of the commands below one.
func below(c *cobra.Command) []string {
	var out []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			out = append(out, sub.Name())
		}
	}
	return out
}

// unknown refuses a command that there is not.
func unknown(c *cobra.Command, name string) error {
	vi, en := "Không có lệnh \""+c.CommandPath()+" "+name+"\"", "There is no command \""+c.CommandPath()+" "+name+"\""
	if near := nearest(name, below(c)); near != "" {
		vi, en = vi+"; có phải \""+near+"\"?", en+"; is it \""+near+"\"?"
	}
	return Usage(c, vi, en)
}

func nearest(name string, names []string) string {
	name = strings.ToLower(name)
	if i := slices.IndexFunc(names, func(n string) bool { return len(name) > 1 && strings.HasPrefix(n, name) }); i >= 0 {
		return names[i]
	}
	return run.Nearest(name, names)
}

// badArgs puts into words what cobra says of the arguments; what is in words already stays.
func badArgs(c *cobra.Command, err error) error {
	if err == nil || errors.As(err, new(*fault.Error)) {
		return err
	}
	return Usage(c, "Số tham số không đúng: lệnh có dạng \""+c.UseLine()+"\"", "These are not its arguments: the command is \""+c.UseLine()+"\"")
}

// kinds say what a flag takes, by the type of its value.
var kinds = map[string]fault.Text{
	"bool":     {Vi: "true hoặc false", En: "true or false"},
	"duration": {Vi: "một khoảng thời gian như 30s, 5m hay 12h", En: "a length of time like 30s, 5m or 12h"},
	"int":      {Vi: "một số nguyên", En: "a whole number"},
	"int32":    {Vi: "một số nguyên", En: "a whole number"},
	"int64":    {Vi: "một số nguyên", En: "a whole number"},
	"uint64":   {Vi: "một số nguyên không âm", En: "a whole number that is not below zero"},
	"float64":  {Vi: "một số", En: "a number"},
}

// badFlag puts into words what package pflag says of a flag.
func badFlag(c *cobra.Command, err error) error {
	// A wrong command is said first: its flags are unknown because it is.
	if args := c.Flags().Args(); c.HasSubCommands() && len(args) > 0 {
		return unknown(c, args[0])
	}
	var absent *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &absent):
		return absentFlag(c, absent)
	case errors.As(err, &bare):
		return Usage(c, "--"+bare.GetFlag().Name+" cần một giá trị", "--"+bare.GetFlag().Name+" needs a value")
	case errors.As(err, &wrong):
		flag := wrong.GetFlag()
		kind, ok := kinds[flag.Value.Type()]
		if !ok {
			kind = fault.Text{Vi: "một giá trị khác", En: "another value"}
		}
		return Usage(c, "--"+flag.Name+" phải là "+kind.Vi, "--"+flag.Name+" is "+kind.En)
	}
	return Usage(c, "Một cờ viết không đúng dạng --tên giá-trị", "A flag is not of the form --name value")
}

func absentFlag(c *cobra.Command, e *pflag.NotExistError) error {
	name := "--" + e.GetSpecifiedName()
	if short := e.GetSpecifiedShortnames(); short != "" {
		name = "-" + short
	}
	var names []string
	add := func(f *pflag.Flag) { names = append(names, f.Name) }
	c.Flags().VisitAll(add)
	c.InheritedFlags().VisitAll(add)
	vi, en := "Không có cờ "+name, "There is no flag "+name
	if near := nearest(e.GetSpecifiedName(), names); near != "" {
		vi, en = vi+"; có phải --"+near+"?", en+"; is it --"+near+"?"
	}
	return Usage(c, vi, en)
}

// helpCommand is the command help, which refuses what there is not like every other.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Xem cách dùng của một lệnh / Show how a command is used",
		RunE: func(c *cobra.Command, args []string) error {
			target, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknown(target, rest[0])
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		},
	}
}

// Text reports the first argument that is not text in UTF-8: nothing could be sent of it.
func Text(args []string) error {
	for i, arg := range args {
		if strings.ToValidUTF8(arg, "") == arg {
			continue
		}
		name, _, _ := strings.Cut(arg, "=")
		if strings.ToValidUTF8(name, "") != name || !strings.HasPrefix(name, "-") {
			name = ""
		}
		if name == "" && i > 0 && strings.HasPrefix(args[i-1], "--") {
			name = args[i-1]
		}
		if name == "" {
			return fault.New(fault.Invalid, "commandline.text",
				"Một tham số của lệnh không phải UTF-8. Đặt màn hình lệnh về UTF-8 (trên Windows: chcp 65001) rồi gõ lại",
				"An argument of the command is not UTF-8. Set the terminal to UTF-8 (on Windows: chcp 65001) and type it again")
		}
		return fault.New(fault.Invalid, "commandline.text",
			"Giá trị của "+name+" không phải UTF-8. Đặt màn hình lệnh về UTF-8 (trên Windows: chcp 65001) rồi gõ lại",
			"The value of "+name+" is not UTF-8. Set the terminal to UTF-8 (on Windows: chcp 65001) and type it again")
	}
	return nil
}
