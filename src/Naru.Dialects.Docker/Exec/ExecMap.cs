using Naru.Core.Containers;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Exec;

internal static class ExecMap
{
    public static ExecSpec ToCore(ExecCreateRequest request)
    {
        if (request.WorkingDir is { Length: > 0 } directory && directory[0] != '/')
        {
            throw DockerException.BadRequest($"the working directory '{directory}' is invalid, it needs to be an absolute path");
        }
        return new ExecSpec
        {
            Command = WireMaps.List(request.Cmd),
            Environment = WireMaps.List(request.Env),
            WorkingDirectory = request.WorkingDir ?? "",
            User = request.User ?? "",
            Privileged = request.Privileged,
            Terminal = request.Tty,
            TerminalSize = request.ConsoleSize is { } sides ? SizeOf(sides) : null,
            AttachInput = request.AttachStdin,
            AttachOutput = request.AttachStdout,
            AttachError = request.AttachStderr,
            DetachKeys = request.DetachKeys ?? "",
        };
    }

    public static ExecInspect Show(ExecSession session) => new()
    {
        ID = session.Id,
        Running = session.Running,
        ExitCode = session.ExitCode,
        ProcessConfig = new ExecProcessConfig
        {
            Tty = session.Spec.Terminal,
            Entrypoint = session.Spec.Command[0],
            Arguments = [.. session.Spec.Command.Skip(1)],
            Privileged = session.Spec.Privileged,
            User = WireMaps.NullIfEmpty(session.Spec.User),
        },
        OpenStdin = session.Spec.AttachInput,
        OpenStderr = session.Spec.AttachError,
        OpenStdout = session.Spec.AttachOutput,
        CanRemove = !session.Running && session.ExitCode is not null,
        ContainerID = session.Container.Value,
        DetachKeys = session.Spec.DetachKeys,
        Pid = session.Pid,
    };

    /// <summary>Height and width; zero by zero means none.</summary>
    public static TerminalSize? SizeOf(long[] sides) => sides switch
    {
        [0, 0] or [] => null,
        [>= 0 and <= ushort.MaxValue, >= 0 and <= ushort.MaxValue] => new TerminalSize((ushort)sides[0], (ushort)sides[1]),
        _ => throw DockerException.BadRequest("invalid console size"),
    };
}
