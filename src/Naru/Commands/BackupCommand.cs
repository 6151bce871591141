using System.CommandLine;
using Naru.Administration;
using Naru.Core.Units;

namespace Naru.Commands;

/// <summary><c>naru backup</c>: writes the running instance's state to a file.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "file to write, or - for standard output" };
        var volumes = new Option<bool>("--volumes") { Description = "with the contents of volumes" };
        var command = new Command("backup", "Write the running instance's state to a file") { file, volumes };
        command.AddSettings("run-dir");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new AdminClient(parsed.LoadSettings());
            await using var backup = await client.OpenAsync(AdminPaths.Backup + (parsed.GetValue(volumes) ? "?volumes=1" : ""), cancellationToken);
            var name = parsed.GetRequiredValue(file);
            if (name == "-")
            {
                await using var output = Console.OpenStandardOutput();
                await backup.CopyToAsync(output, cancellationToken);
                return ExitCodes.Success;
            }

            var size = await SaveAsync(backup, Path.GetFullPath(name), cancellationToken);
            Console.Out.WriteLine($"{name}: {size}");
            return ExitCodes.Success;
        });
        return command;
    }

    // Under another name until it is whole: a backup that exists is one that can be restored.
    private static async Task<ByteSize> SaveAsync(Stream backup, string path, CancellationToken cancellationToken)
    {
        var partial = path + ".partial";
        try
        {
            long length;
            await using (var target = new FileStream(partial, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                await backup.CopyToAsync(target, cancellationToken);
                target.Flush(flushToDisk: true);
                length = target.Length;
            }

            File.Move(partial, path, overwrite: true);
            return new ByteSize(length);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
