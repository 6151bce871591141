using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Naru.Configuration;
using Naru.Core.Errors;

namespace Naru.Commands;

/// <summary>All commands, and the one place where their failures become a line and an exit code.</summary>
internal static class CommandTree
{
    public static RootCommand Build()
    {
        var root = new RootCommand("Naru runs containers on this machine, and a cluster, for the clients you already have: docker, docker compose, kubectl and the rest.");
        root.Add(UpCommand.Create());
        root.Add(ServerCommand.Create());
        root.Add(AgentCommand.Create());
        root.Add(EnvCommand.Create());
        root.Add(StatusCommand.Create());
        root.Add(DoctorCommand.Create());
        root.Add(GcCommand.Create());
        root.Add(SocketCommand.Create());
        root.Add(TlsCommand.Create());
        root.Add(ShutdownCommand.Create());
        root.Add(BackupCommand.Create());
        root.Add(StoreCommand.Create());
        root.Add(RestoreCommand.Create());
        root.Add(ConfigCommand.Create());
        root.Add(CompletionCommand.Create());
        root.Add(VersionCommand.Create());
        return root;
    }

    /// <summary>Runs one command line; never throws.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Build().Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            return Complain(ExitCodes.Usage, DescribeError(parsed));
        }

        using var interruption = new CancellationTokenSource();
        using var interrupt = Catch(PosixSignal.SIGINT, interruption);
        using var terminate = Catch(PosixSignal.SIGTERM, interruption);
        using var hangUp = Catch(PosixSignal.SIGHUP, interruption);
        try
        {
            var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(invocation, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (CommandFailure failure)
        {
            return Complain(failure.ExitCode, failure.Message);
        }
        catch (ConfigurationException exception)
        {
            return Complain(ExitCodes.Usage, exception.Message);
        }
        catch (Exception exception) when (exception is NaruException or IOException or SocketException or UnauthorizedAccessException or HttpRequestException)
        {
            return Complain(ExitCodes.Failure, exception.Message);
        }
    }

    private static string DescribeError(ParseResult parsed)
    {
        var unknown = parsed.UnmatchedTokens is [var first, ..] ? $"unknown command or option '{first}'" : string.Join(' ', parsed.Errors[0].Message.TrimEnd('.').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var path = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
        {
            path.Push(command.Command is RootCommand ? "naru" : command.Command.Name);
        }

        return $"{unknown}. Try '{string.Join(' ', path)} --help'.";
    }

    private static int Complain(int exitCode, string message)
    {
        Console.Error.WriteLine("naru: " + message.ReplaceLineEndings(" "));
        return exitCode;
    }

    private static PosixSignalRegistration Catch(PosixSignal signal, CancellationTokenSource interruption) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            interruption.Cancel();
        });
}
