using System.CommandLine;
using System.Text.Json.Nodes;
using Naru.Administration;
using Naru.Composition;
using Naru.Configuration;

namespace Naru.Commands;

/// <summary><c>naru store</c>: where the cluster's objects are kept.</summary>
internal static class StoreCommand
{
    private static readonly string[] Kinds = ["sqlite", "etcd"];

    public static Command Create() => new("store", "Look after the store of the cluster's objects") { CreateMigrate() };

    private static Command CreateMigrate()
    {
        var to = new Option<string>("--to") { Description = "sqlite or etcd", HelpName = "KIND", Required = true };
        to.AcceptOnlyFromAmong(Kinds);
        var command = new Command("migrate", "Copy all objects to the other kind of store; start naru on it afterwards") { to };
        command.AddSettings("data-dir", "run-dir", "etcd-endpoint", "etcd-ca", "etcd-cert", "etcd-key", "etcd-prefix");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = parsed.LoadSettings();
            var kind = parsed.GetRequiredValue(to);
            if (options.EtcdEndpoints.Count == 0)
            {
                throw new CommandFailure(ExitCodes.Usage, "etcd-endpoint is missing: it names the etcd that objects are taken from or brought to");
            }

            var result = await IsRunningAsync(options, cancellationToken)
                ? await AskRunningAsync(options, kind, cancellationToken)
                : await StoreMove.RunAsync(options, kind, StoreMove.Source(options, kind), cancellationToken);
            Console.Out.WriteLine($"{result["keys"]} objects are in {kind}, all checked; {Next(kind)}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Next(string kind) => kind == "etcd" ? "start naru with etcd-endpoint from now on" : "start naru without etcd-endpoint from now on";

    private static async Task<bool> IsRunningAsync(NaruOptions options, CancellationToken cancellationToken)
    {
        using var client = new AdminClient(options);
        return File.Exists(options.AdminSocket) && await client.AnswersAsync(AdminPaths.Status, cancellationToken);
    }

    private static async Task<JsonObject> AskRunningAsync(NaruOptions options, string kind, CancellationToken cancellationToken)
    {
        using var client = new AdminClient(options);
        var wish = new JsonObject
        {
            ["to"] = kind,
            ["endpoints"] = new JsonArray([.. options.EtcdEndpoints.Select(static one => (JsonNode)one)]),
            ["ca"] = options.EtcdCa,
            ["cert"] = options.EtcdCert,
            ["key"] = options.EtcdKey,
            ["prefix"] = options.EtcdPrefix,
        };
        return (await client.SendAsync(HttpMethod.Post, AdminPaths.Migrate, wish, cancellationToken))!.AsObject();
    }
}
