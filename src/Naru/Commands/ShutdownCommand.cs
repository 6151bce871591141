using System.CommandLine;
using System.Globalization;
using Naru.Administration;

namespace Naru.Commands;

/// <summary><c>naru shutdown</c>: ends the pods of this machine in order before it goes down. What containers of docker do is not its business.</summary>
internal static class ShutdownCommand
{
    public static Command Create()
    {
        var grace = new Option<string>("--grace") { Description = "time for all pods together; none has longer than its own grace period", HelpName = "TIME", DefaultValueFactory = _ => "30s" };
        var critical = new Option<string>("--grace-critical") { Description = "what of it is kept for critical pods, which end last", HelpName = "TIME", DefaultValueFactory = _ => "10s" };
        var cancel = new Option<bool>("--cancel") { Description = "the machine stays up after all: take pods again" };
        var command = new Command("shutdown", "End the pods of this machine in order, before it goes down or is taken out of service") { grace, critical, cancel };
        command.AddSettings("run-dir");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new AdminClient(parsed.LoadSettings());
            if (parsed.GetValue(cancel))
            {
                await client.SendAsync(HttpMethod.Delete, AdminPaths.Shutdown, null, cancellationToken);
                return ExitCodes.Success;
            }

            var (all, kept) = (EnvCommand.ReadTime(parsed.GetRequiredValue(grace)), EnvCommand.ReadTime(parsed.GetRequiredValue(critical)));
            if (kept > all)
            {
                throw new CommandFailure(ExitCodes.Usage, "--grace-critical: it is part of --grace and cannot be longer");
            }

            var query = string.Create(CultureInfo.InvariantCulture, $"?grace={all.TotalSeconds}&critical={kept.TotalSeconds}");
            var ended = (await client.SendAsync(HttpMethod.Post, AdminPaths.Shutdown + query, null, cancellationToken))!["pods"]!.GetValue<int>();
            Console.WriteLine($"{ended} {(ended == 1 ? "pod" : "pods")} ended; this node takes no more until naru starts again (or 'naru shutdown --cancel')");
            return ExitCodes.Success;
        });
        return command;
    }
}
