using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Naru.Administration;
using Naru.Output;
using Naru.Sockets;
using Spectre.Console;

namespace Naru.Commands;

/// <summary><c>naru socket</c>: Docker sockets that allow less, to be handed to containers.</summary>
internal static class SocketCommand
{
    public static Command Create() => new("socket", "Make Docker sockets with limited permissions") { CreateCreate(), CreateList(), CreateRemove() };

    private static Command CreateCreate()
    {
        var name = new Argument<string>("NAME") { Description = "name of the socket" };
        var readOnly = new Option<bool>("--read-only") { Description = "only lists, inspection, logs and events" };
        var noPrivileged = new Option<bool>("--no-privileged") { Description = "no container that gains power over the host" };
        var bindRoots = new Option<string[]>("--bind-root") { Description = "host directory that may be bound with --no-privileged", HelpName = "DIR" };
        var labels = new Option<string[]>("--label") { Description = "see and make only objects with this label", HelpName = "KEY=VALUE" };
        var user = new Option<uint>("--uid") { Description = "owner of the socket's file", HelpName = "UID" };
        var command = new Command("create", "Make a limited socket and print its path") { name, readOnly, noPrivileged, bindRoots, labels, user };
        command.AddSettings("run-dir");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var socket = new LimitedSocket
            {
                Name = parsed.GetRequiredValue(name),
                ReadOnly = parsed.GetValue(readOnly),
                NoPrivileged = parsed.GetValue(noPrivileged),
                BindRoots = [.. parsed.GetValue(bindRoots) ?? []],
                Labels = (parsed.GetValue(labels) ?? []).Select(SplitLabel).ToImmutableSortedDictionary(),
                UserId = parsed.GetValue(user),
            };
            using var client = new AdminClient(parsed.LoadSettings());
            var answer = await client.SendAsync(HttpMethod.Post, AdminPaths.Sockets, JsonSerializer.SerializeToNode(socket, LimitedSocketJson.Default.LimitedSocket), cancellationToken);
            Console.Out.WriteLine(answer?["path"]?.GetValue<string>());
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List the limited sockets");
        command.Aliases.Add("ls");
        command.AddSettings("run-dir");
        command.AddOutput();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new AdminClient(parsed.LoadSettings());
            var sockets = (await client.SendAsync(HttpMethod.Get, AdminPaths.Sockets, null, cancellationToken))!.AsArray();
            if (parsed.Output() != OutputFormat.Text)
            {
                Document.Print(parsed.Output(), sockets);
                return ExitCodes.Success;
            }

            var table = Terminal.Table("NAME", "LIMITS", "PATH");
            foreach (var socket in sockets)
            {
                table.AddRow(new Text(socket!["name"]!.GetValue<string>()), new Text(Limits(socket)), new Text(socket["path"]!.GetValue<string>()));
            }

            Terminal.Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command CreateRemove()
    {
        var name = new Argument<string>("NAME") { Description = "name of the socket" };
        var command = new Command("remove", "Close a limited socket for good") { name };
        command.Aliases.Add("rm");
        command.AddSettings("run-dir");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new AdminClient(parsed.LoadSettings());
            await client.SendAsync(HttpMethod.Delete, $"{AdminPaths.Sockets}/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}", null, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Limits(JsonNode socket)
    {
        var limits = new List<string>();
        if (socket["readOnly"]?.GetValue<bool>() == true)
        {
            limits.Add("read-only");
        }

        if (socket["noPrivileged"]?.GetValue<bool>() == true)
        {
            limits.Add("no-privileged");
        }

        limits.AddRange((socket["labels"]?.AsObject() ?? []).Select(label => $"{label.Key}={label.Value}"));
        return string.Join(' ', limits);
    }

    private static KeyValuePair<string, string> SplitLabel(string text)
    {
        var parts = text.Split('=', 2);
        return parts[0].Length == 0
            ? throw new CommandFailure(ExitCodes.Usage, $"label \"{text}\" must be KEY=VALUE")
            : KeyValuePair.Create(parts[0], parts.Length > 1 ? parts[1] : "");
    }
}
