import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** Writes the OpenAPI document from the zod contracts and serves it at /api/docs (page) and /api/docs.json. */
export function describeApi(app: NestExpressApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('Fleetclone')
      .setDescription('Everything that the console does. Errors are problem+json with a stable code.')
      .setVersion('1')
      .setOpenAPIVersion('3.1.0')
      .addBearerAuth({
        type: 'http',
        scheme: 'bearer',
        description: 'An API token, or an agent’s own token on the routes for agents.',
      })
      .addSecurityRequirements('bearer')
      .build(),
  );
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/docs.json',
    customSiteTitle: 'Fleetclone API',
  });
  return document;
}
