using System.CommandLine;

namespace Naru.Commands;

/// <summary><c>naru completion SHELL</c>: a script that asks naru itself for each completion.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _naru() {
            local line="${COMP_LINE:0:COMP_POINT}"
            mapfile -t COMPREPLY < <(naru "[suggest:${#line}]" "$line" 2>/dev/null | grep -F -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o default -F _naru naru
        """;

    private const string Zsh = """
        #compdef naru
        _naru() {
            local -a found
            found=(${(f)"$(naru "[suggest:${CURSOR}]" "$BUFFER" 2>/dev/null)"})
            compadd -a found
        }
        compdef _naru naru
        """;

    private const string Fish = """
        complete -f -c naru -a '(naru "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script for a shell") { shell };
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch
            {
                "zsh" => Zsh,
                "fish" => Fish,
                _ => Bash,
            });
            return ExitCodes.Success;
        });
        return command;
    }
}
