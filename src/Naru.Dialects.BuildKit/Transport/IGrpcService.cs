namespace Naru.Dialects.BuildKit.Transport;

/// <summary>The methods of one service.</summary>
internal interface IGrpcService
{
    /// <summary>Enters each method by its path, <c>/package.Service/Method</c>.</summary>
    void Map(Dictionary<string, Func<GrpcCall, Task>> methods);
}
