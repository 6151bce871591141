using System.CommandLine;
using System.Text.Json.Nodes;
using Naru.Administration;
using Naru.Configuration;
using Naru.Output;

namespace Naru.Commands;

/// <summary><c>naru env</c>: waits for an instance and prints what points clients at it.</summary>
internal static class EnvCommand
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    // Without patience: one question, and a moment for its answer.
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(2);

    // A client that finds these set would speak TLS to the unix socket, or not look at DOCKER_HOST at all.
    private static readonly string[] InTheWay = ["DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONTEXT"];

    public static Command Create()
    {
        var timeout = new Option<string>("--timeout") { Description = "how long to wait for the instance", HelpName = "TIME", DefaultValueFactory = _ => "30s" };
        var shell = new Option<string>("--shell") { Description = "sh or fish", HelpName = "SHELL", DefaultValueFactory = _ => "sh" };
        shell.AcceptOnlyFromAmong("sh", "fish");
        var command = new Command("env", "Print the variables that point clients at the running instance: eval \"$(naru env)\"") { timeout, shell };
        command.AddSettings("run-dir", "data-dir");
        command.AddOutput();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = parsed.LoadSettings();
            await WaitAsync(options, ReadTime(parsed.GetRequiredValue(timeout)), cancellationToken);
            Print(parsed.Output(), options, parsed.GetRequiredValue(shell) == "fish");
            return ExitCodes.Success;
        });
        return command;
    }

    internal static TimeSpan ReadTime(string text)
    {
        try
        {
            return SettingValue.Duration(text);
        }
        catch (FormatException exception)
        {
            throw new CommandFailure(ExitCodes.Usage, exception.Message);
        }
    }

    private static async Task WaitAsync(NaruOptions options, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var docker = AdminClient.ForDocker(options);
        using var administration = new AdminClient(options);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(longest == TimeSpan.Zero ? OneTry : longest);
        try
        {
            using var timer = new PeriodicTimer(Period, TimeProvider.System);
            while (!File.Exists(options.ReadyMark) || !await AnswersAsync(options, docker, administration, limited.Token))
            {
                if (longest == TimeSpan.Zero)
                {
                    limited.Cancel();
                }

                await timer.WaitForNextTickAsync(limited.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailure(ExitCodes.NotRunning, $"no naru answers at {options.RunDirectory} after {SettingValue.Show(longest)}; start one with 'naru up' or name its directory with --run-dir");
        }
    }

    // A control plane alone has no Docker socket; only root can ask it on its own.
    private static Task<bool> AnswersAsync(NaruOptions options, AdminClient docker, AdminClient administration, CancellationToken cancellationToken) =>
        File.Exists(options.DockerSocket) ? docker.AnswersAsync("_ping", cancellationToken) : administration.AnswersAsync(AdminPaths.Status, cancellationToken);

    private static void Print(OutputFormat format, NaruOptions options, bool fish)
    {
        List<(string Name, string Value)> variables = [("NARU_RUN_DIR", options.RunDirectory)];
        if (File.Exists(options.Kubeconfig))
        {
            variables.Insert(0, ("KUBECONFIG", options.Kubeconfig));
        }

        if (File.Exists(options.DockerSocket))
        {
            variables.Insert(0, ("DOCKER_HOST", "unix://" + options.DockerSocket));
        }

        if (format != OutputFormat.Text)
        {
            Document.Print(format, new JsonObject(variables.Select(variable => KeyValuePair.Create(variable.Name, (JsonNode?)variable.Value))));
            return;
        }

        foreach (var name in InTheWay.Where(name => Environment.GetEnvironmentVariable(name) is not null))
        {
            Console.Out.WriteLine(fish ? $"set -e {name}" : $"unset {name}");
        }

        foreach (var (name, value) in variables)
        {
            Console.Out.WriteLine(fish ? $"set -gx {name} {Quote(value)}" : $"export {name}={Quote(value)}");
        }
    }

    private static string Quote(string value) =>
        value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or ':' or '.' or '-' or '_' or '=' or ',')
            ? value
            : "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
