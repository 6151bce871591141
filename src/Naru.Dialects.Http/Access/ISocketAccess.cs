namespace Naru.Dialects.Http.Access;

/// <summary>A connection's feature: the policy of the endpoint that accepted it.</summary>
public interface ISocketAccess
{
    SocketAccessPolicy Policy { get; }
}
