package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	reporting "github.com/rasoat/rasoat/services/reporting/server"
	"github.com/rasoat/rasoat/services/standalone/folder"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// up is what the command up was told.
type up struct {
	settings
	driveDir, registryAddr string
	rebuild                []string
	webhooks               string
	hold                   bool
}

func upCommand() *cobra.Command {
	u := &up{}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Chạy mọi dịch vụ cho đến khi có tín hiệu dừng / Run every service until a signal",
		Long: `Chạy mọi dịch vụ trong một tiến trình cho đến khi có tín hiệu dừng. Dữ liệu, khoá và mọi thứ khác nằm trong thư mục
--data. Không có --drive thì chạy một đợt mẫu với các cửa sổ đang mở và cơ sở dữ liệu dân cư riêng; thư mục nhớ mẫu đó,
nên lần sau chạy tiếp đúng mẫu ấy. Thư mục của demo cũng chạy tiếp được.

Runs every service in one process until a signal. Data, keys and everything else are in the folder --data. Without
--drive it runs a sample drive whose windows are open, with a population registry of its own; the folder remembers the
sample, and the next run goes on with it. It goes on with a demo's folder as well.

` + exitCodes,
		Example: `  rasoat-standalone up
  rasoat-standalone up --data rasoat-data/second --grpc-listen 127.0.0.1:0 --http-listen 127.0.0.1:0 --nats-port -1
  rasoat-standalone up --data rasoat-data/2023 --drive deploy/drives/2022-2023-12 --registry registry.example:443
  rasoat-standalone up --rebuild reporting
  rasoat-standalone up --data rasoat-data/restored --hold`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := u.check(cmd); err != nil {
				return err
			}
			return u.run(cmd.Context(), cmd.Flags(), cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	u.flags(f)
	f.StringSliceVar(&u.rebuild, "rebuild", nil, "services that rebuild their collections from the log before they start: intake, validation, matching, reporting")
	f.BoolVar(&u.hold, "hold", false, "run no service and answer operators alone, for rasoat restore into an empty data folder")
	f.StringVar(&u.webhooks, "webhooks", "", "file that lists the webhooks which reminders are sent to: name, url, scope, secret_file")
	f.StringVar(&u.driveDir, "drive", "", "folder that describes the drive; default: the sample's")
	f.StringVar(&u.registryAddr, "registry", "", "address of the population registry; default: the sample's")
	return cmd
}

func (u *up) run(ctx context.Context, given *pflag.FlagSet, out io.Writer) (err error) {
	webhooks, err := reporting.LoadWebhooks(u.webhooks)
	if err != nil {
		return err
	}
	f, err := u.claim("up")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()

	cfg := node.Config{Rebuild: u.rebuild, Hold: u.hold, Webhooks: webhooks}
	if u.driveDir == "" {
		err = u.sampleDrive(ctx, f, given, &cfg)
	} else {
		err = u.ownDrive(f, &cfg)
	}
	if err != nil {
		return err
	}
	s, err := u.start(ctx, cfg, u.registryAddr, nil)
	if err != nil {
		return err
	}
	if u.hold {
		sayHeld(out, u.data, s)
	} else {
		sayUp(out, u.data, s)
	}
	s.wait(ctx)
	err = s.stop(ctx)
	sayStopped(out, u.data)
	return err
}

// sampleDrive configures the sample that the folder holds, or the one that the flags describe, and serves its registry
// unless another one was named.
func (u *up) sampleDrive(ctx context.Context, f *folder.Folder, given *pflag.FlagSet, cfg *node.Config) error {
	kept, ok, err := f.Sample()
	switch {
	case err != nil:
		return err
	case ok:
		err = u.adopt(kept, given)
	case f.HasOwnDrive():
		err = fault.New(fault.Invalid, "up.drive", "Thư mục "+u.data+" giữ dữ liệu của một đợt riêng: hãy nêu thư mục của đợt bằng --drive.",
			"the folder "+u.data+" holds the data of a drive of its own: name the folder of that drive with --drive")
	case !f.HasServer() && !u.hold: // what a restore brings is not known yet
		u.of.MadeBy = folder.ByUp
		err = f.Keep(u.of)
	}
	if err != nil {
		return err
	}
	sample := u.sample()
	cfg.Drive, cfg.Key = sample.Drive, sample.Key
	if u.registryAddr == "" {
		u.registryAddr, err = sample.ServeRegistry(ctx, u.registry)
	}
	return err
}

// ownDrive configures the drive of a folder, with a reference key of its own.
func (u *up) ownDrive(f *folder.Folder, cfg *node.Config) error {
	if u.registryAddr == "" {
		return fault.New(fault.Invalid, "up", "Thiếu --registry: địa chỉ dịch vụ CSDL dân cư.",
			"--registry is missing: a drive of your own needs the address of the population registry")
	}
	_, sample, err := f.Sample()
	if err != nil {
		return err
	}
	if sample {
		return fault.New(fault.Invalid, "up.drive", "Thư mục "+u.data+" giữ dữ liệu mẫu: chọn thư mục khác cho đợt riêng bằng --data.",
			"the folder "+u.data+" holds a sample's data: choose another folder with --data for a drive of your own")
	}
	if cfg.Drive, err = drive.LoadDir(u.driveDir); err != nil {
		return err
	}
	cfg.Key, err = ownKey(filepath.Join(u.data, folder.OwnKey))
	return err
}
