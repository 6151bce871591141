using System.Diagnostics;
using System.Text;

namespace Naru.Testing.Running;

/// <summary>What a finished command left.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error, TimeSpan Duration)
{
    /// <summary>The output without the newline at its end.</summary>
    public string Line => Output.TrimEnd('\n', '\r');

    public override string ToString() => $"exit {ExitCode} after {Duration.TotalSeconds:f2} s\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>Runs a child process to its end. A test that waits for ever is a failure with the command's name.</summary>
public static class Command
{
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromMinutes(2);

    public static CommandResult Run(string file, IEnumerable<string> arguments) =>
        RunAsync(file, arguments).GetAwaiter().GetResult();

    /// <summary>Runs <paramref name="file"/> and waits; throws <see cref="TimeoutException"/> after killing it when it exceeds <paramref name="limit"/>.</summary>
    public static async Task<CommandResult> RunAsync(
        string file,
        IEnumerable<string> arguments,
        byte[]? input = null,
        IReadOnlyDictionary<string, string>? environment = null,
        string? directory = null,
        TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Start(file, arguments, environment, directory);
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var error = ReadAsync(process.StandardError.BaseStream);
        var feed = FeedAsync(process, input);
        using var timeout = new CancellationTokenSource(limit ?? DefaultLimit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} {string.Join(' ', arguments)} did not end within {limit ?? DefaultLimit}: {await output} {await error}");
        }

        await feed;
        return new CommandResult(process.ExitCode, await output, await error, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Starts a child with all three streams piped; the caller ends it.</summary>
    public static Process Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? directory = null)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "/",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
    }

    /// <summary>Whether a program of this name is on the PATH.</summary>
    public static bool Exists(string name) =>
        name.Contains('/') ? File.Exists(name) : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));

    private static async Task FeedAsync(Process process, byte[]? input)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.BaseStream.WriteAsync(input);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The child closed its input early; its exit code tells the test what happened.
        }
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
