namespace Naru.Cel.Syntax;

/// <summary>Reading an expression cannot go on.</summary>
internal sealed class CelSyntaxException(int position, string message) : Exception(message)
{
    public int Position => position;

    public CelIssue Issue => new(position, Message);
}
